// Requests byte by byte: connections that live on, requests that do not wait for answers, methods and paths that clients try.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_INFLUXD, startInfluxd } from '../../../test/support/influxd.ts';
import { findProgram, freePorts, tempFolder } from '../../../test/support/processes.ts';
import { openTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Everything that comes back until the other end closes. */
async function talk(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return heard;
}

const request = (line: string, headers: readonly string[] = [], body = '') =>
  [`${line} HTTP/1.1`, 'host: localhost', ...headers, '', body].join('\r\n');
const write = (body: string, ...headers: readonly string[]) =>
  request('POST /write?db=g&precision=ms', [`content-length: ${body.length}`, ...headers], body);
const statuses = (heard: string) => [...heard.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));

test('one connection carries many requests, sent without waiting, and each is answered in its turn', async () => {
  const last = request('GET /ping?verbose=true', ['connection: close']);
  const heard = await talk(`${write('pipe v=1 1')}${write('bad')}${write('pipe v=2 2')}${last}`);
  expect(statuses(heard)).toEqual([204, 400, 204, 200]);
  expect(await server.query('SELECT v FROM pipe')).toMatchObject({
    results: [
      {
        series: [
          {
            values: [
              [1, 1],
              [2, 2],
            ],
          },
        ],
      },
    ],
  });
});

test('a body may come in chunks', async () => {
  const chunks = ['chu', 'nked v=1 ', '1000\nchunked v=2 2000'].map(
    (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
  );
  const head = request('POST /write?db=g', ['transfer-encoding: chunked', 'connection: close']);
  expect(statuses(await talk(`${head}${chunks.join('')}0\r\n\r\n`))).toEqual([204]);
});

test('a request that is none is told so, and the server goes on', async () => {
  expect(statuses(await talk('nonsense\r\n\r\n'))).toEqual([400]);
  expect(statuses(await talk(request('GET /ping', [`x: ${'y'.repeat(20_000)}`])))).toEqual([431]);
  expect((await fetch(`${server.url}/ping`)).status).toBe(204);
});

test('HEAD has no body, and asks no query', async () => {
  const heard = await talk(request('HEAD /ping') + request('HEAD /query?q=DROP+DATABASE+g', ['connection: close']));
  expect(statuses(heard)).toEqual([204, 405]);
  expect(heard.split('\r\n\r\n').slice(2).join('')).toBe('');
  expect(server.test.engine.databases).toContain('g');
});

test('/ping with verbose tells the version in a body', async () => {
  const answer = async (query: string) => {
    const response = await fetch(`${server.url}/ping${query}`);
    return [response.status, await response.text()];
  };
  expect(await answer('?verbose=true')).toEqual([200, '{"version":"1.8.10"}']);
  for (const query of ['', '?verbose=false', '?verbose=0']) expect(await answer(query)).toEqual([204, '']);
});

test('OPTIONS tells the methods, and gives no other page leave', async () => {
  const response = await fetch(`${server.url}/query`, { method: 'OPTIONS' });
  expect([response.status, response.headers.get('allow')]).toEqual([200, 'GET, POST, OPTIONS']);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  expect((await fetch(`${server.url}/query`, { method: 'OPTIONS', headers: preflight })).status).toBe(403);
});

/** Method, path, body, and headers: asked of both, status and error compared. */
type Asked = readonly [method: string, path: string, body?: string, headers?: Record<string, string>];
const ASKED: readonly Asked[] = [
  ['GET', '/ping'],
  ['HEAD', '/ping'],
  ['POST', '/ping'],
  ['GET', '/status'],
  ['GET', '/write?db=g'],
  ['PUT', '/write?db=g', 'm v=1'],
  ['DELETE', '/query'],
  ['OPTIONS', '/write'],
  ['OPTIONS', '/query'],
  ['POST', '/write', 'm v=1'],
  ['POST', '/write?db=', 'm v=1'],
  ['POST', '/write?db=nodb', 'm v=1'],
  ['POST', '/write?db=nodb'],
  ['POST', '/write?db=g'],
  ['POST', '/write?db=g', '# a comment'],
  ['POST', '/write?db=g&rp=norp', 'm v=1'],
  ['POST', '/write?db=g&rp=', 'm v=1'],
  ['POST', '/write?db=g&precision=q', 'm v=1'],
  ['POST', '/write?db=g&precision=ns', 'm v=1 1'],
  ['POST', '/write?db=g&consistency=foo', 'm v=1'],
  ['POST', '/write?db=g&consistency=foo'],
  ['POST', '/write?db=nodb&consistency=foo', 'm v=1'],
  ...['any', 'one', 'quorum', 'all', 'ALL', ''].map(
    (word) => ['POST', `/write?db=g&consistency=${word}`, 'm v=1'] as const,
  ),
  ['POST', '/write?db=g', 'm v=1', { 'content-type': 'application/json' }],
  ['POST', '/write?db=g', 'm v=1', { 'content-type': 'no type' }],
  ['POST', '/write?db=g', 'this is not gzip', { 'content-encoding': 'gzip' }],
  ['POST', '/query?q=SHOW+DATABASES'],
  ['GET', '/query'],
  ['POST', '/query', 'q='],
  ['GET', '/query?q=SHOW+DATABASES&chunked=true'],
];

const missing = findProgram('influxd') === undefined ? ` (skipped: ${NO_INFLUXD})` : '';

describe.skipIf(missing !== '')(`beside a real InfluxDB${missing}`, () => {
  const stack = new AsyncDisposableStack();
  let influxdUrl: string;
  beforeAll(async () => {
    const { path: folder } = stack.use(tempFolder());
    const [port = 0, rpcPort = 0] = await freePorts(2);
    stack.use(await startInfluxd({ folder, port, rpcPort }));
    influxdUrl = `http://127.0.0.1:${port}`;
    await fetch(`${influxdUrl}/query?q=CREATE+DATABASE+g`, { method: 'POST' });
  });
  afterAll(() => stack.disposeAsync());

  test.each(ASKED.map((asked) => ({ asked })))('$asked', async ({ asked: [method, path, body, headers = {}] }) => {
    const answer = async (url: string) => {
      const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
      const text = await response.text();
      return [response.status, text.startsWith('{') ? JSON.parse(text) : text.slice(0, 0)];
    };
    const [status, said] = await answer(server.url);
    const [wanted, meant] = await answer(influxdUrl);
    expect([status, status === 405 ? '' : said]).toEqual([wanted, meant]);
  });
});
