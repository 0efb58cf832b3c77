// Clients that people have, unchanged: InfluxData's own for JavaScript, and Debian's `influx` on the command line.

import { execFile } from 'node:child_process';
import { HttpError, InfluxDB, Point, setLogger, type WriteOptions } from '@influxdata/influxdb-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram, tempFolder } from '../../../test/support/processes.ts';
import { openTestServer, type TestServer } from './test-server.ts';

// Errors are looked at here; the client would print them too.
setLogger({ error: () => {}, warn: () => {} });

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({ auth: true });
  await server.users.change({ kind: 'create', name: 'admin', password: 'pass word', isAdmin: true });
  await server.users.change({ kind: 'create', name: 'reader', password: 'r', isAdmin: false });
  await server.users.change({ kind: 'grant', name: 'reader', database: 'g', privilege: 'READ' });
});
afterAll(() => server[Symbol.asyncDispose]());

async function count(measurement: string): Promise<unknown> {
  const q = `SELECT count(*) FROM ${measurement}`;
  const query = new URLSearchParams({ db: 'g', u: 'admin', p: 'pass word', q });
  const answer = (await (await fetch(`${server.url}/query?${query}`)).json()) as {
    results: { series?: { values: unknown[][] }[] }[];
  };
  return answer.results[0]?.series?.[0]?.values[0]?.[1] ?? 0;
}

describe('@influxdata/influxdb-client', () => {
  const BASIC = { headers: { authorization: `Basic ${btoa('admin:pass word')}` } };
  const TOKEN = { token: 'admin:pass word' };

  async function write(
    login: object,
    lines: readonly string[],
    options: Partial<WriteOptions> & { path?: string } = {},
  ) {
    const api = new InfluxDB({ url: server.url, ...login }).getWriteApi('', 'g', 'ms', { maxRetries: 0, ...options });
    if (options.path !== undefined) api.path = options.path;
    api.writeRecords([...lines]);
    await api.close();
  }

  const lines = (measurement: string, n: number) =>
    Array.from({ length: n }, (_, i) => `${measurement} v=${i} ${i + 1}`);

  test.each([
    ['Basic', BASIC],
    ['Token', TOKEN],
  ])('writes by the second API with %s, plain and with gzip', async (name, login) => {
    await write(login, lines(`plain${name}`, 3), { gzipThreshold: 1_000_000 });
    await write(login, lines(`zipped${name}`, 500), { gzipThreshold: 1 });
    expect([await count(`plain${name}`), await count(`zipped${name}`)]).toEqual([3, 500]);
  });

  test('writes by the first API', async () => {
    await write(BASIC, lines('first', 4), { path: '/write?db=g&rp=autogen&precision=ms' });
    expect(await count('first')).toBe(4);
  });

  test('its points come through with all their types', async () => {
    const api = new InfluxDB({ url: server.url, ...TOKEN }).getWriteApi('', 'g', 'ms', { maxRetries: 0 });
    api.writePoint(
      new Point('typed, kind')
        .tag('a tag', 'x=y,z')
        .floatField('f', 1.5)
        .intField('i', '9007199254740991')
        .booleanField('b', true)
        .stringField('s', 'a "quoted" text')
        .timestamp(1_000),
    );
    await api.close();
    const query = new URLSearchParams({
      db: 'g',
      epoch: 'ms',
      u: 'admin',
      p: 'pass word',
      q: 'SELECT * FROM "typed, kind"',
    });
    expect(await (await fetch(`${server.url}/query?${query}`)).text()).toContain(
      '"columns":["time","a tag","b","f","i","s"],"values":[[1000,"x=y,z",true,1.5,9007199254740991,"a \\"quoted\\" text"]]',
    );
  });

  test.each([
    ['a wrong password', { token: 'admin:wrong' }, 'bad v=1 1', 401, 'authorization failed'],
    ['no login', {}, 'bad v=1 1', 401, 'unable to parse authentication credentials'],
    ['no right', { token: 'reader:r' }, 'bad v=1 1', 403, '"reader" user is not authorized to write to database "g"'],
    ['a bad line', TOKEN, 'bad v=', 400, "unable to parse 'bad v=': missing field value"],
  ])('%s is an error with a status and words', async (_, login, line, status, words) => {
    const error = await write(login, [line]).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ statusCode: status, json: { error: words } });
  });
});

const INFLUX = findProgram('influx');
const missing = INFLUX === undefined ? ' (skipped: influx is not installed, apt-get install influxdb-client)' : '';

describe.skipIf(missing !== '')(`influx on the command line${missing}`, () => {
  async function influx(...args: readonly string[]): Promise<string> {
    using home = tempFolder(); // where it keeps its history of commands
    const login = args.includes('-username') ? [] : ['-username', 'admin', '-password', 'pass word'];
    const where = ['-host', '127.0.0.1', '-port', new URL(server.url).port, '-database', 'g'];
    return new Promise((resolve) =>
      execFile(INFLUX ?? '', [...where, ...login, ...args], { env: { HOME: home.path } }, (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      ),
    );
  }

  beforeAll(async () => {
    expect(await influx('-execute', 'INSERT cli,t=a v=1.5,s="x y" 1700000000000000000')).toBe('');
    expect(await influx('-execute', 'INSERT cli,t=b v=2 1700000001000000000')).toBe('');
    expect(await influx('-execute', 'INSERT INTO r1m cli v=3 1700000001000000000')).toBe('');
  });

  test('shows columns, with times as they are wanted', async () => {
    expect(await influx('-execute', 'SELECT * FROM cli', '-precision', 'rfc3339')).toBe(
      [
        'name: cli',
        'time                 s   t v',
        '----                 -   - -',
        '2023-11-14T22:13:20Z x y a 1.5',
        '2023-11-14T22:13:21Z     b 2',
        '',
      ].join('\n'),
    );
    expect(await influx('-execute', 'SELECT v FROM cli', '-precision', 'ms')).toContain('1700000000000 1.5');
    expect(await influx('-execute', 'SELECT v FROM cli')).toContain('1700000000000000000 1.5');
    expect(await influx('-execute', 'SELECT v FROM cli GROUP BY t')).toContain('tags: t=b');
  });

  test('shows CSV and JSON, pretty too', async () => {
    expect(await influx('-execute', 'SELECT * FROM cli', '-format', 'csv')).toBe(
      'name,time,s,t,v\ncli,1700000000000000000,x y,a,1.5\ncli,1700000001000000000,,b,2\n',
    );
    const answer = JSON.parse(await influx('-execute', "SELECT v FROM cli WHERE t = 'a'", '-format', 'json'));
    expect(answer).toEqual({
      results: [{ series: [{ name: 'cli', columns: ['time', 'v'], values: [[1_700_000_000_000_000_000, 1.5]] }] }],
    });
    expect(JSON.parse(await influx('-execute', 'SHOW DATABASES', '-format', 'json', '-pretty'))).toEqual({
      results: [{ series: [{ name: 'databases', columns: ['name'], values: [['g']] }] }],
    });
  });

  test.each([
    ['SHOW DATABASES', 'name: databases\nname\n----\ng\n'],
    ['SHOW MEASUREMENTS WITH MEASUREMENT =~ /^cli$/', 'name: measurements\nname\n----\ncli\n'],
    ['SHOW TAG VALUES FROM cli WITH KEY = t', 'name: cli\nkey value\n--- -----\nt   a\nt   b\n'],
    [
      'SHOW FIELD KEYS FROM cli',
      'name: cli\nfieldKey fieldType\n-------- ---------\ns        string\nv        float\n',
    ],
    ['SHOW USERS', 'user   admin\n----   -----\nadmin  true\nreader false\n'],
    ['SHOW GRANTS FOR reader', 'database privilege\n-------- ---------\ng        READ\n'],
    ['CREATE DATABASE cli2; DROP DATABASE cli2', '\n'],
  ])('%s', async (statement, shown) => {
    expect(await influx('-execute', statement)).toBe(shown);
  });

  test.each([
    [['-execute', 'SELECT FROM'], 'ERR: error parsing query: found FROM, expected'],
    [['-execute', 'SELECT v FROM nodb..m'], 'ERR: database not found: nodb'],
    [['-execute', 'INSERT cli v="text" 1'], 'field type conflict'],
    [['-username', 'admin', '-password', 'wrong', '-execute', 'SHOW USERS'], 'authorization failed'],
    [['-username', 'reader', '-password', 'r', '-execute', 'DROP DATABASE g'], 'requires admin privilege'],
    [['-username', 'reader', '-password', 'r', '-execute', 'INSERT cli v=1'], 'not authorized to write'],
  ])('%j says what is wrong', async (args, words) => {
    expect(await influx(...args)).toContain(words);
  });
});
