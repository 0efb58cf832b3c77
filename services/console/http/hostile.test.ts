// What somebody tries who has no login, another's, or a page of his own.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { mayOperate } from '#domain/access/operation-rights.ts';
import { ALARM_OPERATIONS, ROLES, type Role } from '#domain/alarm.ts';
import { topics } from '#domain/topic.ts';
import { readSignature } from '#runtime/signed-operation.ts';
import {
  delivered,
  OPERATIONS_KEY,
  openTestConsole,
  PAGE,
  PASSWORD,
  publishAlarm,
  SESSION_KEY,
  sampleAlarm,
  TestAccess,
} from '../testing.ts';

const OPERATIONS = '/api/alarms/operations';
const ALARMS = [{ id: 'lyon/tank-farm/tank-hot/tank-01', episode: 1 }];
const LOGIN = { user: 'operator', password: PASSWORD };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('roles', () => {
  const cases = ROLES.flatMap((role) => ALARM_OPERATIONS.map((op) => [role, op] as const));
  test.each(cases)("a %s's '%s' goes out under that role, or not at all", async (role, op) => {
    const access = new TestAccess({ anna: role });
    const { app, bus, logIn } = await openTestConsole({ access });
    const waits = [{ cid: 'c', command: 'valve.set', device: 'v', status: 'AWAITING_APPROVAL' }] as const;
    const overlay = op === 'in-service' ? 'OOSRV' : op === 'unshelve' ? 'SHLVD' : null;
    const state = op === 'reset' ? 'LATCH' : 'UNACK';
    await publishAlarm(
      bus,
      sampleAlarm({ state, overlay, shelvedUntil: op === 'unshelve' ? 9e15 : null, commands: waits }),
    );
    await delivered();
    const payload = { op, alarms: ALARMS };
    const answer = await app.inject({
      method: 'POST',
      url: OPERATIONS,
      payload,
      headers: { cookie: await logIn('anna'), ...PAGE },
    });
    const topic = topics.alarmOperation(sampleAlarm());
    const sent = bus.payloads(topic).map((each) => JSON.parse(each));
    if (mayOperate(role, op)) {
      expect([answer.statusCode, sent.map((each) => readSignature(topic, each, OPERATIONS_KEY))]).toEqual([
        200,
        [{ isSigned: true, role }],
      ]);
      expect(sent[0]).toMatchObject({ by: 'anna' });
    } else {
      expect([answer.statusCode, sent]).toEqual([403, []]);
      expect(answer.json().detail).toMatch(new RegExp(`anna is logged in as ${role}; .* needs the role \\w+`));
    }
  });

  test.each(ROLES)('a %s reads everything', async (role) => {
    const { app, logIn } = await openTestConsole({ access: new TestAccess({ anna: role }) });
    const headers = { cookie: await logIn('anna') };
    for (const name of ['session', 'alarms', 'values', 'devices', 'services'])
      expect((await app.inject({ url: `/api/${name}`, headers })).statusCode).toBe(200);
  });

  test.each<[string, (access: TestAccess) => void]>([
    ['the role is another', (access) => access.people.set('anna', 'viewer')],
    ['the user is gone', (access) => access.people.delete('anna')],
  ])('as soon as %s, the session of before does nothing', async (_, change) => {
    const access = new TestAccess({ anna: 'engineer' });
    const { app, bus, logIn } = await openTestConsole({ access });
    await publishAlarm(bus, sampleAlarm());
    await delivered();
    const headers = { cookie: await logIn('anna'), ...PAGE };
    change(access);
    const answer = await app.inject({
      method: 'POST',
      url: OPERATIONS,
      payload: { op: 'ack', alarms: ALARMS },
      headers,
    });
    expect([answer.statusCode, bus.payloads(topics.alarmOperation(sampleAlarm()))]).toEqual([401, []]);
  });
});

describe('sessions', () => {
  const statusFor = async (console: Awaited<ReturnType<typeof openTestConsole>>, cookie: string) =>
    (await console.app.inject({ url: '/api/session', headers: { cookie } })).statusCode;

  test('that an attacker has fixed beforehand are no login: each login has a new one, and ends the one before', async () => {
    const opened = await openTestConsole();
    const fixed = await opened.logIn();
    const login = await opened.app.inject({
      method: 'POST',
      url: '/api/login',
      payload: LOGIN,
      headers: { cookie: fixed, ...PAGE },
    });
    const fresh = String(login.headers['set-cookie']).split(';')[0] ?? '';
    expect(fresh).not.toBe(fixed);
    expect([await statusFor(opened, fixed), await statusFor(opened, fresh)]).toEqual([401, 200]);
    expect(await statusFor(opened, 'penstock_session=operator~9999999999999~fixed~x')).toBe(401);
  });

  test('that another key has signed, or nobody, are none', async () => {
    const opened = await openTestConsole();
    const foreign = await openTestConsole({ sessionKey: `${SESSION_KEY} of another console` });
    const cookie = await foreign.logIn();
    expect([await statusFor(foreign, cookie), await statusFor(opened, cookie)]).toEqual([200, 401]);
    const own = await opened.logIn();
    const [name, value = ''] = own.split('=');
    const decoded = decodeURIComponent(value);
    for (const forged of [
      decoded.replace('operator', 'admin'),
      decoded.replace(/\.[^.]*$/, ''),
      decoded.replace(/\.[^.]*$/, '.'),
      `${decoded}x`,
      '',
      '%',
      '{"user":"operator"}',
      'x'.repeat(8_000),
    ])
      expect(await statusFor(opened, `${name}=${encodeURIComponent(forged)}`)).toBe(401);
  });

  test('tell nobody the hash of a password, or anything it could be found by', async () => {
    const { logIn } = await openTestConsole();
    expect(decodeURIComponent(await logIn())).not.toMatch(/argon2|engineer/);
  });

  test('are for TLS alone where the browser came by TLS, as a trusted proxy says and nobody else', async () => {
    const cookieOf = async (trustedProxies: readonly string[]) => {
      const access = new TestAccess({ operator: 'viewer' });
      const { app } = await openTestConsole({ trustedProxies, access });
      const headers = { ...PAGE, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
      const answer = await app.inject({ method: 'POST', url: '/api/login', payload: LOGIN, headers });
      return [String(answer.headers['set-cookie']).includes('Secure'), access.tried[0]?.[1]];
    };
    expect(await cookieOf([])).toEqual([false, '127.0.0.1']);
    expect(await cookieOf(['10.0.0.1'])).toEqual([false, '127.0.0.1']);
    expect(await cookieOf(['127.0.0.0/8'])).toEqual([true, '203.0.113.9']);
  });
});

describe('pages of another origin', () => {
  const urls = ['/api/login', '/api/logout', OPERATIONS];
  const own = { host: 'console.plant:8080' };
  test.each(
    urls.flatMap((url) =>
      [
        { ...PAGE, origin: 'https://evil.example' },
        { ...PAGE, origin: 'http://console.plant:8081' },
        { ...PAGE, origin: 'null' },
        { ...PAGE, 'sec-fetch-site': 'cross-site' },
        { ...PAGE, 'sec-fetch-site': 'same-site' },
        {},
      ].map((headers) => [url, headers] as const),
    ),
  )('POST %s with %j does nothing', async (url, headers) => {
    const { app, bus, logIn, access } = await openTestConsole();
    await publishAlarm(bus, sampleAlarm());
    await delivered();
    const cookie = await logIn();
    const before = access.tried.length;
    const payload = url === '/api/login' ? LOGIN : { op: 'ack', episode: 1 };
    const answer = await app.inject({ method: 'POST', url, payload, headers: { ...own, ...headers, cookie } });
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([403, undefined]);
    expect([bus.payloads(topics.alarmOperation(sampleAlarm())), access.tried.length]).toEqual([[], before]);
    expect((await app.inject({ url: '/api/session', headers: { cookie } })).statusCode).toBe(200);
  });

  test.each([
    { origin: 'http://console.plant:8080', 'sec-fetch-site': 'same-origin' },
    { origin: 'https://console.plant:8080' },
    {},
  ])('our own, with %j, logs in', async (headers) => {
    const { app } = await openTestConsole();
    const answer = await app.inject({
      method: 'POST',
      url: '/api/login',
      payload: LOGIN,
      headers: { ...own, ...PAGE, ...headers },
    });
    expect(answer.statusCode).toBe(200);
  });

  test('are let read nothing: no answer carries a leave to do so', async () => {
    const { app, logIn } = await openTestConsole();
    const headers = { cookie: await logIn(), origin: 'https://evil.example' };
    for (const method of ['GET', 'OPTIONS'] as const) {
      const answer = await app.inject({ method, url: '/api/values', headers });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('guessing', () => {
  test('is put off with the time to wait', async () => {
    const access = new TestAccess({ operator: 'engineer' });
    access.waitMs = 3_400;
    const { app } = await openTestConsole({ access });
    const answer = await app.inject({ method: 'POST', url: '/api/login', payload: LOGIN, headers: PAGE });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '4']);
    expect(answer.json().detail).toContain('again in 4 s');
  });

  test('and flooding end in 429 for that address alone', async () => {
    const { app } = await openTestConsole({ requestsPerMinute: 5 });
    const ask = async (remoteAddress: string) => (await app.inject({ url: '/api/login', remoteAddress })).statusCode;
    const flood = [];
    for (let n = 0; n < 6; n++) flood.push(await ask('10.0.0.1'));
    expect([flood, await ask('10.0.0.2')]).toEqual([[200, 200, 200, 200, 200, 429], 200]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])(
    'a user named %j is nobody',
    async (user) => {
      const { app } = await openTestConsole();
      const answer = await app.inject({
        method: 'POST',
        url: '/api/login',
        payload: { user, password: PASSWORD },
        headers: PAGE,
      });
      expect(answer.statusCode).toBe(401);
    },
  );

  test('JSON with prototype keys changes no prototype', async () => {
    const { app, logIn } = await openTestConsole();
    const headers = { cookie: await logIn(), 'content-type': 'application/json', ...PAGE };
    for (const payload of [
      `{"__proto__":{"role":"admin"},"op":"ack","alarms":${JSON.stringify(ALARMS)}}`,
      `{"constructor":{"prototype":{"role":"admin"}},"op":"ack","alarms":${JSON.stringify(ALARMS)}}`,
    ])
      expect((await app.inject({ method: 'POST', url: OPERATIONS, payload, headers })).statusCode).toBe(400);
    expect(({} as { role?: Role }).role).toBeUndefined();
  });
});

describe('who can log in', () => {
  test.each<[string, TestAccess, string]>([
    ['somebody', new TestAccess({ anna: 'viewer' }), 'there'],
    ['nobody yet', new TestAccess({}), 'nobody'],
    ['nobody, for a mistake in the files', Object.assign(new TestAccess({}), { isBroken: true }), 'broken'],
    ['who could before the mistake', Object.assign(new TestAccess({ anna: 'viewer' }), { isBroken: true }), 'there'],
  ])('is told before the login: %s', async (_, access, people) => {
    const { app } = await openTestConsole({ access });
    expect((await app.inject('/api/login')).json()).toEqual({ people });
  });
});

describe('on the wire', () => {
  async function listening() {
    const pageDir = mkdtempSync(path.join(tmpdir(), 'console-hostile-'));
    closers.push(() => rmSync(pageDir, { recursive: true }));
    mkdirSync(path.join(pageDir, 'dist/assets'), { recursive: true });
    writeFileSync(path.join(pageDir, 'secret.txt'), 'SECRET');
    writeFileSync(path.join(pageDir, 'dist/index.html'), 'the page');
    cpSync(path.join(pageDir, 'secret.txt'), path.join(pageDir, 'dist/.hidden'));
    const { app } = await openTestConsole({ pageDir: path.join(pageDir, 'dist') });
    closers.unshift(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    return (app.server.address() as AddressInfo).port;
  }
  async function raw(port: number, request: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    closers.unshift(() => socket.destroy());
    socket.write(request);
    return await text(socket).catch(() => '');
  }

  test.each([
    ...['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/%2e%2e%2fsecret.txt', '/assets/../../secret.txt'],
    ...[
      '//..//secret.txt',
      '/..\\secret.txt',
      '/..%5csecret.txt',
      '/.hidden',
      '/%00/../secret.txt',
      '/....//secret.txt',
    ],
    ...['/assets/%2e%2e/%2e%2e/secret.txt', '/%c0%ae%c0%ae/secret.txt', 'http://x/../secret.txt'],
  ])('%s leads to no file', async (url) => {
    const port = await listening();
    const answer = await raw(port, `GET ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 (4\d\d|200)/);
    expect(answer).not.toContain('SECRET');
  });

  test.each([
    ['a body of a gigabyte', `content-length: 1000000000\r\n\r\n{`],
    ['a body that never ends', `transfer-encoding: chunked\r\n\r\n${'fff\r\n'}${'x'.repeat(0xfff)}\r\n`.repeat(8)],
    ['both lengths at once', 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a head of a megabyte', `x: ${'y'.repeat(1_000_000)}\r\n\r\n`],
  ])('%s is refused', async (_, rest) => {
    const port = await listening();
    const head = 'POST /api/login HTTP/1.1\r\nhost: x\r\nx-penstock-page: 1\r\ncontent-type: application/json\r\n';
    expect(await raw(port, head + rest)).toMatch(/^HTTP\/1\.1 4\d\d|^$/);
    expect(await raw(port, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toContain('the page');
  });
});
