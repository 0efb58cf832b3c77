// Logins and rights: one conversation, held with the historian and with a real InfluxDB 1.6.7 where there is one, answer by
// answer; then what is the historian's own.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_INFLUXD, startInfluxd } from '../../../test/support/influxd.ts';
import { findProgram, freePorts, tempFolder } from '../../../test/support/processes.ts';
import { openTestServer, type TestServer } from './test-server.ts';

type Turn = { readonly as: string; readonly status: number } & (
  | { readonly ask: string; readonly method?: 'GET'; readonly db?: string }
  | { readonly write: string; readonly authorization?: string }
);

const CONVERSATION: readonly Turn[] = [
  { as: '', status: 403, ask: 'SHOW DATABASES' },
  { as: 'a:b', status: 403, ask: 'SHOW DATABASES' },
  { as: '', status: 403, ask: "CREATE USER a WITH PASSWORD 'p'" },
  { as: '', status: 404, write: 'db=nodb' },
  { as: '', status: 200, ask: "CREATE USER a WITH PASSWORD 'p' WITH ALL PRIVILEGES" },
  { as: '', status: 401, ask: "CREATE USER b WITH PASSWORD 'p' WITH ALL PRIVILEGES" },
  { as: '', status: 401, ask: 'garbage' },
  { as: '', status: 401, ask: '' },
  { as: 'a:b', status: 401, ask: 'SHOW DATABASES' },
  { as: 'nobody:p', status: 401, ask: 'SHOW DATABASES' },
  { as: 'a:p', status: 400, ask: '' },
  { as: 'a:p', status: 200, ask: 'SHOW USERS; SHOW GRANTS FOR a; SHOW GRANTS FOR nobody' },
  { as: 'a:p', status: 200, ask: "CREATE USER r WITH PASSWORD 'rr'; CREATE USER w WITH PASSWORD 'w:w'" },
  { as: 'a:p', status: 200, ask: "CREATE USER al WITH PASSWORD 'al'; CREATE USER n WITH PASSWORD 'nn'" },
  { as: 'a:p', status: 200, ask: "CREATE USER r WITH PASSWORD 'rr'" },
  { as: 'a:p', status: 200, ask: "CREATE USER r WITH PASSWORD 'other'" },
  { as: 'a:p', status: 200, ask: "CREATE USER r WITH PASSWORD 'rr' WITH ALL PRIVILEGES" },
  { as: 'a:p', status: 200, ask: `CREATE USER "" WITH PASSWORD 'x'` },
  { as: 'a:p', status: 400, ask: 'CREATE USER e WITH PASSWORD' },
  { as: 'a:p', status: 400, ask: "CREATE USER e WITH PASSWORD 'secret' WITH" },
  { as: 'a:p', status: 400, ask: 'CREATE USER e' },
  { as: 'a:p', status: 400, ask: 'CREATE USER' },
  { as: 'a:p', status: 200, ask: 'CREATE DATABASE h; CREATE DATABASE "my db"' },
  { as: 'a:p', status: 200, ask: 'GRANT READ ON g TO r; GRANT WRITE ON g TO w; GRANT ALL ON g TO al' },
  { as: 'a:p', status: 200, ask: 'GRANT ALL PRIVILEGES ON h TO al; SHOW GRANTS FOR r; SHOW GRANTS FOR w' },
  { as: 'a:p', status: 200, ask: 'GRANT READ ON nodb TO r' },
  { as: 'a:p', status: 200, ask: 'GRANT READ ON nodb TO nobody' },
  { as: 'a:p', status: 200, ask: 'REVOKE READ ON nodb FROM r' },
  { as: 'a:p', status: 200, ask: 'REVOKE READ ON nodb FROM nobody' },
  { as: 'a:p', status: 200, ask: 'REVOKE READ ON g FROM nobody' },
  { as: 'a:p', status: 200, ask: 'GRANT ALL TO nobody' },
  { as: 'a:p', status: 200, ask: 'DROP USER nobody' },
  { as: 'a:p', status: 200, ask: "SET PASSWORD FOR nobody = 'x'" },
  ...[
    ...['GRANT', 'GRANT READ', 'GRANT READ ON', 'GRANT READ ON x', 'GRANT READ TO r', 'GRANT FOO ON x TO r'],
    ...['GRANT ALL x', 'GRANT ALL PRIVILEGES', 'GRANT READ ON x FROM w', 'REVOKE', 'REVOKE READ ON x TO w'],
    ...['REVOKE READ ON x', 'REVOKE ALL x', 'REVOKE ALL PRIVILEGES ON x FROM', 'SET', 'DROP USER', 'SHOW GRANTS'],
    ...['SHOW GRANTS n', "SET PASSWORD n = 'new'", 'SET PASSWORD FOR'],
  ].map((ask) => ({ as: 'a:p', status: 400, ask })),
  { as: 'a:p', status: 200, ask: 'GRANT ALL TO n; SHOW USERS; REVOKE ALL PRIVILEGES FROM n; SHOW USERS' },
  { as: 'a:p', status: 200, ask: "SET PASSWORD FOR n = 'new'" },
  { as: 'n:nn', status: 401, ask: 'SHOW DATABASES' },
  { as: 'n:new', status: 200, ask: 'SHOW DATABASES' },
  ...['r:rr', 'w:w:w', 'al:al', 'n:new'].flatMap((as): Turn[] => [
    { as, status: 200, ask: 'SHOW DATABASES' },
    { as, status: as === 'r:rr' || as === 'al:al' ? 200 : 403, ask: 'SHOW MEASUREMENTS', db: 'g' },
    { as, status: as === 'al:al' ? 200 : 403, ask: 'SELECT v FROM h..m', db: 'g' },
    { as, status: 403, ask: 'SELECT v FROM m' },
    { as, status: 403, ask: 'SHOW QUERIES' },
    ...['DROP RETENTION POLICY p ON g', 'DELETE FROM q', 'DROP SERIES FROM q'].map((ask) => ({
      as,
      status: as === 'w:w:w' || as === 'al:al' ? 200 : 403,
      ask,
      db: 'g',
    })),
    ...[
      'SHOW RETENTION POLICIES ON g',
      'SHOW MEASUREMENTS ON g',
      'SHOW TAG KEYS ON g',
      'SHOW TAG VALUES ON g WITH KEY = t',
      'SHOW FIELD KEYS ON g',
      'SHOW SERIES ON g',
      'SHOW SERIES CARDINALITY ON g',
      'SELECT v FROM g..m',
    ].map((ask) => ({ as, status: as === 'r:rr' || as === 'al:al' ? 200 : 403, ask })),
    ...[
      'CREATE DATABASE q',
      'DROP DATABASE h',
      'CREATE RETENTION POLICY p ON g DURATION 1d REPLICATION 1',
      'ALTER RETENTION POLICY p ON g DEFAULT',
      'DROP MEASUREMENT q',
      "CREATE USER o WITH PASSWORD 'secret'",
      "CREATE USER o WITH PASSWORD 'secret' WITH ALL PRIVILEGES",
      "SET PASSWORD FOR r = 'secret'",
      'GRANT READ ON g TO r',
      'GRANT ALL PRIVILEGES TO r',
      'REVOKE ALL PRIVILEGES FROM r',
      'REVOKE READ ON h FROM r',
      'SHOW USERS',
      'SHOW GRANTS FOR "a b"',
      'DROP USER nobody',
      'KILL QUERY 5',
      'SHOW STATS',
      'SHOW DIAGNOSTICS',
      'SHOW SUBSCRIPTIONS',
      'SELECT v FROM nodb..m',
      'SELECT v FROM "my db"..m',
      'SHOW DATABASES; SHOW USERS',
    ].map((ask) => ({ as, status: 403, ask })),
    { as, status: as === 'w:w:w' || as === 'al:al' ? 204 : 403, write: 'db=g' },
    { as, status: as === 'al:al' ? 204 : 403, write: 'db=h' },
    { as, status: 404, write: 'db=nodb' },
    { as, status: 400, write: '' },
  ]),
  { as: 'r:rr', status: 403, write: 'db=g&rp=norp' },
  { as: 'w:w:w', status: 500, write: 'db=g&rp=norp' },
  { as: '', status: 401, write: 'db=g' },
  { as: 'w:bad', status: 401, write: 'db=g' },
  { as: '', status: 204, write: 'db=g&u=w&p=w:w' },
  { as: '', status: 401, write: 'db=g&u=w&p=bad' },
  { as: 'w:w:w', status: 401, write: 'db=g&u=w&p=bad' },
  { as: 'w:bad', status: 204, write: 'db=g&u=w&p=w:w' },
  { as: '', status: 401, write: 'db=g&u=w' },
  { as: 'w:w:w', status: 204, write: 'db=g&u=w' },
  { as: '', status: 401, write: 'db=g&p=w' },
  { as: '', status: 401, write: 'db=g', authorization: 'Basic !!!' },
  { as: '', status: 401, write: 'db=g', authorization: 'Basic dw==' },
  { as: '', status: 401, write: 'db=g', authorization: 'Digest x' },
  { as: ':x', status: 401, write: 'db=g' },
  { as: 'a:p', status: 200, ask: 'REVOKE READ ON g FROM al; SHOW GRANTS FOR al', db: 'g' },
  {
    as: 'a:p',
    status: 200,
    ask: 'GRANT WRITE ON g TO r; SHOW GRANTS FOR r; REVOKE READ ON g FROM r; SHOW GRANTS FOR r',
  },
  { as: 'a:p', status: 200, ask: 'REVOKE WRITE ON g FROM r; SHOW GRANTS FOR r; SHOW GRANTS FOR n' },
  ...[
    "CREATE USER k WITH PASSWORD 'secret'",
    "CREATE USER k2 WITH PASSWORD 'secret' WITH ALL PRIVILEGES",
    "SET PASSWORD FOR k = 'secret'",
    'GRANT READ ON "my db" TO k',
    'GRANT ALL TO k',
    'REVOKE ALL FROM k',
    'REVOKE READ ON "my db" FROM k',
    'SHOW GRANTS FOR k',
    'DROP USER k',
  ].map((ask) => ({ as: 'a:p', status: 200, ask, method: 'GET' as const })),
  { as: 'a:p', status: 200, ask: 'DROP DATABASE h; CREATE DATABASE h; SHOW GRANTS FOR al' },
];

/** InfluxDB tells the rights of a user in any order. */
const GRANTS = /(?<="columns":\["database","privilege"\],"values":)\[\[.*?\]\]/g;
const sorted = (rows: string) => JSON.stringify(JSON.parse(rows).sort());

async function say(url: string, turn: Turn): Promise<[status: number, challenge: string | null, text: string]> {
  const own = 'authorization' in turn ? turn.authorization : undefined;
  const authorization = own ?? (turn.as === '' ? undefined : `Basic ${btoa(turn.as)}`);
  const headers = authorization === undefined ? {} : { authorization };
  const response = await ('write' in turn
    ? fetch(`${url}/write?${turn.write}`, { method: 'POST', headers, body: 'm,t=a v=1 1000' })
    : ask(url, turn, headers));
  const text = await response.text();
  return [response.status, response.headers.get('www-authenticate'), text.replaceAll(GRANTS, sorted)];
}

function ask(url: string, turn: Extract<Turn, { ask: string }>, headers: Record<string, string>): Promise<Response> {
  const query = new URLSearchParams({ q: turn.ask, ...(turn.db !== undefined && { db: turn.db }) });
  return turn.method === 'GET'
    ? fetch(`${url}/query?${query}`, { headers })
    : fetch(`${url}/query`, { method: 'POST', headers, body: query });
}

test('a conversation about users has the statuses of InfluxDB', async () => {
  await using server = await openTestServer({ auth: true });
  for (const turn of CONVERSATION) {
    const [status] = await say(server.url, turn);
    expect([turn, status]).toEqual([turn, turn.status]);
  }
});

const missing = findProgram('influxd') === undefined ? ` (skipped: ${NO_INFLUXD})` : '';

test.skipIf(missing !== '')(
  `the same conversation with a real InfluxDB, answer by answer${missing}`,
  async () => {
    await using server = await openTestServer({ auth: true });
    using folder = tempFolder();
    const [port = 0, rpcPort = 0] = await freePorts(2);
    await using _influxd = await startInfluxd({
      folder: folder.path,
      port,
      rpcPort,
      settings: { http: ['auth-enabled = true'] },
    });
    for (const turn of CONVERSATION) {
      expect([turn, await say(server.url, turn)]).toEqual([turn, await say(`http://127.0.0.1:${port}`, turn)]);
      if ('ask' in turn && turn.ask.includes('WITH ALL PRIVILEGES')) await makeFirstDatabase(port);
    }
  },
  180_000,
); // each wrong login costs both of them what it is meant to cost

/** That of the test server is there from the beginning. */
async function makeFirstDatabase(port: number): Promise<void> {
  await say(`http://127.0.0.1:${port}`, {
    as: 'a:p',
    status: 200,
    ask: 'CREATE DATABASE g; CREATE RETENTION POLICY r1m ON g DURATION INF REPLICATION 1',
  });
}

describe('what InfluxDB has otherwise', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer({ auth: true });
    await server.users.change({ kind: 'create', name: 'a', password: 'pass word', isAdmin: true });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(['Token a:pass word', 'token a:pass word'])('%s is a login, as in 1.8', async (authorization) => {
    const response = await fetch(`${server.url}/api/v2/write?bucket=g`, {
      method: 'POST',
      headers: { authorization },
      body: 'm v=1',
    });
    expect(response.status).toBe(204);
  });

  test('a form may hold the login, but a stranger sends no long one', async () => {
    const post = async (form: Record<string, string>) =>
      (await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams(form) })).status;
    expect(await post({ u: 'a', p: 'pass word', q: 'SHOW USERS' })).toBe(200);
    expect(await post({ u: 'a', p: 'wrong', q: 'SHOW USERS' })).toBe(401);
    expect(await post({ u: 'a', p: 'pass word', q: `SHOW USERS -- ${'x'.repeat(70_000)}` })).toBe(413);
  });

  test.each([
    ["CREATE USER e WITH PASSWORD ''", 'a password cannot be empty'],
    ["SET PASSWORD FOR a = ''", 'a password cannot be empty'],
    [`CREATE USER e WITH PASSWORD '${'x'.repeat(1_025)}'`, 'a password has at most 1024 characters'],
    [`CREATE USER "a:b" WITH PASSWORD 'x'`, 'cannot hold a colon'],
  ])('%s is refused', async (q, why) => {
    expect(await (await asAdmin(q)).text()).toContain(why);
  });

  test.each([
    "CREATE USER e WITH PASSWORD 'hidden",
    'CREATE USER e WITH PASSWORD hidden',
    'CREATE USER e WITH PASSWORD "hidden"',
    "CREATE USER e WITH PASSWORD 'x'hidden'",
    "CREATE USER e WITH PASSWORD 'x' WITH hidden",
    "SET PASSWORD FOR a 'hidden'",
    'SET PASSWORD FOR a = hidden',
    "SET PASSWORD FOR a = 'x'hidden'",
  ])('what stands in the place of a password is in no error: %s', async (q) => {
    const response = await asAdmin(q);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).not.toContain('hidden');
    expect(text).toContain('found [REDACTED], expected ');
  });

  test('a password is in no list of queries', async () => {
    const login = { authorization: `Basic ${btoa('a:pass word')}` };
    for (const secret of ["CREATE USER q WITH PASSWORD 'hidden \\' one'", 'SET PASSWORD FOR "q" = \'hidden\'']) {
      const query = new URLSearchParams({ db: 'g', q: `${secret}; SHOW QUERIES` });
      const text = await (await fetch(`${server.url}/query?${query}`, { headers: login })).text();
      expect(text).toContain('[REDACTED]; SHOW QUERIES');
      expect(text).not.toMatch(/hidden|one/);
    }
  });

  test('who has no login writes nothing, even while there is no admin', async () => {
    await using fresh = await openTestServer({ auth: true });
    expect(await fresh.write('m v=1 1')).toEqual([403, '{"error":"user is required to write to database \\"g\\""}\n']);
  });

  test('nobody needs a login to learn that the store is there', async () => {
    for (const path of ['/ping', '/health']) expect((await fetch(server.url + path)).ok).toBe(true);
  });

  test('any name of the machine will do, and only a page with a login of its own may ask from elsewhere', async () => {
    const status = async (headers: Record<string, string>, query = '') =>
      (await fetch(`${server.url}/query?q=SHOW+USERS${query}`, { headers })).status;
    const basic = `Basic ${btoa('a:pass word')}`;
    const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect(await status({ authorization: basic })).toBe(200);
    expect(await status({ authorization: basic, ...elsewhere })).toBe(403);
    expect(await status(elsewhere)).toBe(403);
    expect(await status({ ...elsewhere, authorization: 'Token a:pass word' })).toBe(200);
    expect(await status(elsewhere, '&u=a&p=pass+word')).toBe(200);
    expect(await status(elsewhere, '&u=a&p=wrong')).toBe(401);
  });

  const asAdmin = (q: string) =>
    fetch(`${server.url}/query`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('a:pass word')}` },
      body: new URLSearchParams({ q }),
    });
});
