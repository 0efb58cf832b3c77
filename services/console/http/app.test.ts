import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { topics } from '#domain/topic.ts';
import {
  delivered,
  openTestConsole,
  PAGE,
  PASSWORD,
  publishAlarm,
  START,
  sampleAlarm,
  sampleLine,
} from '../testing.ts';

const HOSTILE = `<script>alert(1)</script>"';--\u202e\u0000${'x'.repeat(10_000)}`;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test.each(['session', 'alarms', 'values', 'devices', 'services', 'rejected', 'trend', 'journal', 'events'])(
  'GET /api/%s needs a login',
  async (name) => {
    const { app } = await openTestConsole();
    const answer = await app.inject(`/api/${name}`);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.json()).toEqual({
      type: 'about:blank',
      title: 'Not logged in',
      status: 401,
      detail: 'Log in first.',
    });
  },
);

test('a login opens a session that a script cannot read and that ends', async () => {
  const { app, clock } = await openTestConsole();
  const login = await app.inject({
    method: 'POST',
    url: '/api/login',
    payload: { user: 'operator', password: PASSWORD },
    headers: PAGE,
  });
  const setCookie = String(login.headers['set-cookie']);
  expect(setCookie).toMatch(/HttpOnly/);
  expect(setCookie).toMatch(/SameSite=Strict/);
  const cookie = setCookie.split(';')[0] ?? '';
  const ask = async () => (await app.inject({ url: '/api/session', headers: { cookie } })).statusCode;
  expect(await ask()).toBe(200);
  clock.now += 60_000;
  expect(await ask()).toBe(401);
});

test('a session that was tampered with is none', async () => {
  const { app, logIn } = await openTestConsole();
  const cookie = (await logIn()).replace(String(START + 60_000), String(START + 999_999));
  expect((await app.inject({ url: '/api/session', headers: { cookie } })).statusCode).toBe(401);
});

test.each([
  ['a wrong password', { user: 'operator', password: 'wrong' }, 401],
  ['a wrong user', { user: 'root', password: PASSWORD }, 401],
  ['no password', { user: 'operator' }, 400],
  ['another shape', { user: ['operator'], password: { $ne: '' } }, 400],
  ['a password of a megabyte', { user: 'operator', password: 'x'.repeat(1e6) }, 413],
])('login with %s is refused as a problem', async (_, payload, status) => {
  const { app } = await openTestConsole();
  const answer = await app.inject({ method: 'POST', url: '/api/login', payload, headers: PAGE });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(answer.json()).toMatchObject({ status, detail: expect.stringMatching(/\w/) });
});

test('a form of another site cannot log in', async () => {
  const { app } = await openTestConsole();
  const payload = JSON.stringify({ user: 'operator', password: PASSWORD });
  const answer = await app.inject({
    method: 'POST',
    url: '/api/login',
    payload,
    headers: { 'content-type': 'text/plain', ...PAGE },
  });
  expect(answer.statusCode).toBe(415);
});

test('guessing passwords is slowed down', async () => {
  const { app } = await openTestConsole({ loginsPerMinute: 3 });
  const guess = () =>
    app.inject({ method: 'POST', url: '/api/login', payload: { user: 'operator', password: 'guess' }, headers: PAGE });
  const statuses = [];
  for (let n = 0; n < 4; n++) statuses.push((await guess()).statusCode);
  expect(statuses).toEqual([401, 401, 401, 429]);
  expect((await guess()).json()).toMatchObject({ status: 429, detail: expect.stringMatching(/Try again in \d+ s/) });
});

test('logging out takes the cookie away', async () => {
  const { app, logIn } = await openTestConsole();
  const answer = await app.inject({ method: 'POST', url: '/api/logout', headers: { cookie: await logIn(), ...PAGE } });
  expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([
    204,
    expect.stringMatching(/penstock_session=;.*1970/),
  ]);
});

test('a cookie that was logged out lets nobody in any more, another login of the same moment does', async () => {
  const { app, logIn } = await openTestConsole();
  const [kept, ended] = [await logIn(), await logIn()];
  await app.inject({ method: 'POST', url: '/api/logout', headers: { cookie: ended, ...PAGE } });
  const ask = async (cookie: string) => (await app.inject({ url: '/api/session', headers: { cookie } })).statusCode;
  expect([await ask(kept), await ask(ended)]).toEqual([200, 401]);
});

test('who is logged in is told, the id of the session is not', async () => {
  const { app, logIn } = await openTestConsole();
  const answer = await app.inject({ url: '/api/session', headers: { cookie: await logIn(), ...PAGE } });
  expect(answer.json()).toEqual({ user: 'operator', role: 'engineer', expiresAt: START + 60_000 });
});

test('hostile texts come through as the texts they are', async () => {
  const { app, bus, logIn } = await openTestConsole();
  const alarm = sampleAlarm({ name: HOSTILE, summary: HOSTILE, reason: HOSTILE, labels: { '<b>': HOSTILE } });
  await publishAlarm(bus, alarm);
  await bus.publish(topics.points(1), sampleLine('mode', `text="${HOSTILE.replaceAll('"', '\\"')}"`, START));
  await delivered();
  const headers = { cookie: await logIn() };
  const answers = await Promise.all(['alarms', 'values'].map((name) => app.inject({ url: `/api/${name}`, headers })));
  for (const answer of answers) {
    expect(answer.headers['content-type']).toMatch('application/json');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  }
  expect(answers[0]?.json().alarms[0]).toMatchObject(alarm);
  expect(answers[1]?.json().values[0]).toMatchObject({ value: HOSTILE });
});

test('the page is served under a policy that lets nothing foreign in, and leads nowhere else', async () => {
  const pageDir = mkdtempSync(path.join(tmpdir(), 'console-page-'));
  folders.push(pageDir);
  mkdirSync(path.join(pageDir, 'assets'));
  writeFileSync(path.join(pageDir, 'index.html'), '<!doctype html>');
  writeFileSync(path.join(pageDir, '.source-hash'), 'x');
  writeFileSync(path.join(pageDir, 'assets/index-abc.js'), '0');
  writeFileSync(path.join(pageDir, 'assets/index-abc.js.br'), 'compressed');
  const { app } = await openTestConsole({ pageDir });
  const page = await app.inject('/');
  expect([page.statusCode, page.headers['cache-control']]).toEqual([200, 'no-cache']);
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toMatch("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
  expect((await app.inject('/assets/index-abc.js')).headers['cache-control']).toMatch('immutable');
  const small = await app.inject({ url: '/assets/index-abc.js', headers: { 'accept-encoding': 'gzip, br' } });
  expect([small.headers['content-encoding'], small.headers['content-type'], small.body]).toEqual([
    'br',
    expect.stringMatching('javascript'),
    'compressed',
  ]);
  for (const url of ['/.source-hash', '/../config.ts', '/%2e%2e/config.ts', '/nothing']) {
    expect((await app.inject(url)).json()).toMatchObject({ status: expect.any(Number), type: 'about:blank' });
  }
});

test('a page that is not built says how to build it', async () => {
  const { app } = await openTestConsole();
  expect((await app.inject('/')).json()).toMatchObject({ status: 503, detail: expect.stringMatching(/vite build/) });
});
