// People, programs and services of the pipeline at the historian's HTTP API, on real files of access.

import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Access } from '#runtime/access/access.ts';
import { hashPassword } from '#runtime/access/password-hash.ts';
import { makeToken } from '#runtime/access/token.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { openTestServer, type TestServer } from '../http/test-server.ts';

const KEY = 'a key of the tests';
const token = (name: string, kind: 'user' | 'device' = 'user') => makeToken(KEY, { kind, name, serial: 1 });

let server: TestServer;
let access: Access;
let folder: ReturnType<typeof tempFolder>;
const writeUsers = (users: object) => {
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(`${folder.path}/users.json`, JSON.stringify({ users }), { mode: 0o600 });
};
const PEOPLE = {
  root: { role: 'admin' },
  anna: { role: 'engineer' },
  ben: { role: 'operator' },
  eve: { role: 'viewer' },
  both: { role: 'admin' },
  graf: { role: 'service' },
  'writer-2': { role: 'service', as: 'writer' },
};
let users: Record<string, object>;

beforeAll(async () => {
  folder = tempFolder();
  const password = await hashPassword('a password of people');
  users = Object.fromEntries(
    Object.entries(PEOPLE).map(([name, row]) => [name, row.role === 'service' ? row : { ...row, password }]),
  );
  writeUsers(users);
  writeFileSync(`${folder.path}/devices.json`, JSON.stringify({ devices: { 'lyon/a/t1': {} } }), { mode: 0o600 });
  access = new Access({ folder: folder.path, tokenKey: KEY, elapsedMs: () => 0 });
  server = await openTestServer({ auth: true, access });
  await server.users.change({ kind: 'create', name: 'both', password: 'of the historian', isAdmin: false });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const basic = (name: string, secret: string) => ({ authorization: `Basic ${btoa(`${name}:${secret}`)}` });

async function ask(q: string, headers: Record<string, string>, query = ''): Promise<string> {
  const response = await fetch(`${server.url}/query?db=g&q=${encodeURIComponent(q)}${query}`, {
    method: 'POST',
    headers,
  });
  const text = await response.text();
  return response.status === 200 && text.includes('"error"') ? `200 ${text}` : String(response.status);
}
async function write(headers: Record<string, string>, db = 'g'): Promise<number> {
  const response = await fetch(`${server.url}/write?db=${db}`, { method: 'POST', headers, body: 'm v=1 1' });
  return response.status;
}

const READ = 'SHOW MEASUREMENTS';
const MAKE = 'CREATE RETENTION POLICY "p" ON "g" DURATION 0s REPLICATION 1';
const MAKE_OTHER = 'CREATE DATABASE "other"';

describe('rights', () => {
  test.each([
    // name, secret, read, write, make a policy of its database, make another database, see users
    ['root', 'a password of people', '200', 204, '200', '200', '200'],
    ['anna', 'a password of people', '200', 403, '403', '403', '403'],
    ['ben', 'a password of people', '200', 403, '403', '403', '403'],
    ['eve', 'a password of people', '200', 403, '403', '403', '403'],
    ['eve', token('eve'), '200', 403, '403', '403', '403'],
    ['writer', token('writer'), '200', 204, '200', '403', '403'],
    ['writer-2', token('writer-2'), '200', 204, '200', '403', '403'],
    ['console', token('console'), '200', 403, '403', '403', '403'],
    ['cli', token('cli'), '200', 403, '403', '403', '403'],
    ['rules', token('rules'), '403', 403, '403', '403', '403'],
    ['graf', token('graf'), '403', 403, '403', '403', '403'],
    ['lyon/a/t1', token('lyon/a/t1', 'device'), '403', 403, '403', '403', '403'],
    ['both', 'of the historian', '403', 403, '403', '403', '403'],
    ['both', 'a password of people', '401', 401, '401', '401', '401'],
    ['both', token('both'), '401', 401, '401', '401', '401'],
    ['anna', 'wrong', '401', 401, '401', '401', '401'],
    ['writer', token('console'), '401', 401, '401', '401', '401'],
    ['nobody', 'a password of people', '401', 401, '401', '401', '401'],
    ['__proto__', '__proto__', '401', 401, '401', '401', '401'],
  ] as const)('of %s by %s', async (name, secret, ...expected) => {
    const headers = basic(name, secret);
    expect([
      await ask(READ, headers),
      await write(headers),
      await ask(MAKE, headers),
      await ask(MAKE_OTHER, headers),
      await ask('SHOW USERS', headers),
    ]).toEqual(expected);
  });

  test('of the writer are on its own database alone', async () => {
    await ask('CREATE DATABASE "elsewhere"', basic('root', 'a password of people'));
    const headers = basic('writer', token('writer'));
    expect(await write(headers, 'elsewhere')).toBe(403);
    expect(await ask('SELECT v FROM "elsewhere".."m"', headers)).toBe('403');
    expect(await ask('DROP DATABASE "g"', headers)).toBe('403');
    expect(await ask('CREATE DATABASE "g" WITH DURATION 30d REPLICATION 1 NAME "raw"', headers)).not.toBe('403');
  });

  test('in every form that InfluxDB takes', async () => {
    const credentials = `u=ben&p=${encodeURIComponent(token('ben'))}`;
    expect(await ask(READ, { authorization: `Token ben:${token('ben')}` })).toBe('200');
    expect(await ask(READ, {}, `&${credentials}`)).toBe('200');
    const form = await fetch(`${server.url}/query?db=g`, {
      method: 'POST',
      body: new URLSearchParams(`q=${READ}&${credentials}`),
    });
    expect(form.status).toBe(200);
  });

  test('end with the login', async () => {
    expect(await ask(READ, basic('eve', token('eve')))).toBe('200');
    const { eve: _, ...others } = users;
    writeUsers(others);
    access.reload();
    expect(await ask(READ, basic('eve', token('eve')))).toBe('401');
    writeUsers({ ...others, eve: { role: 'viewer', serial: 2 } });
    access.reload();
    expect(await ask(READ, basic('eve', token('eve')))).toBe('401');
    writeUsers(users);
    access.reload();
  });
});

test('guessing is put off, and the one who was right a moment ago is not locked out', async () => {
  const right = basic('anna', 'a password of people');
  expect(await ask(READ, right)).toBe('200');
  const guesses = [];
  for (let n = 0; n < 8; n++) guesses.push(await ask(READ, basic('anna', `guess ${n}`)));
  expect(guesses).toContain('503');
  expect(await ask(READ, right)).toBe('200');
});
