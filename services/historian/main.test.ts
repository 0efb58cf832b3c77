// The process itself: serves without a broker, says what is wrong in one sentence, and keeps what it acknowledged over a stop.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'historian-main-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

type Running = { readonly child: ChildProcess; readonly output: () => string; readonly metricsPort: number };

async function start(port: number, env: Record<string, string> = {}): Promise<Running> {
  const metricsPort = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PENSTOCK_DATA: folder,
      PENSTOCK_HISTORIAN_PORT: String(port),
      PENSTOCK_HISTORIAN_METRICS_PORT: String(metricsPort),
      PENSTOCK_BROKER_PORT: '1',
      ...env,
    },
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return { child, output: () => output, metricsPort };
}

async function ready({ child, output }: Running): Promise<void> {
  while (!output().includes('"ready"')) {
    if (child.exitCode !== null) throw new Error(output());
    await Promise.race([once(child.stdout as NonNullable<typeof child.stdout>, 'data'), once(child, 'exit')]);
  }
}

async function stop({ child }: Running): Promise<number> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exited;
  return code as number;
}

test('stores and answers without a broker, is ready, and has everything after a restart', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const first = await start(port);
  await ready(first);
  expect((await fetch(`http://127.0.0.1:${first.metricsPort}/readyz`)).status).toBe(200);
  await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q: 'CREATE DATABASE d' }) });
  expect((await fetch(`${url}/write?db=d`, { method: 'POST', body: 'm v=1 1\nm v=2 1000' })).status).toBe(204);
  expect(await (await fetch(`http://127.0.0.1:${first.metricsPort}/metrics`)).text()).toMatch(
    /penstock_historian_points_written_total\{service="historian"\} 2\n/,
  );
  expect(await stop(first)).toBe(0);
  const second = await start(port);
  await ready(second);
  const answer = await fetch(`${url}/query?db=d&epoch=ns&q=${encodeURIComponent('SELECT v FROM m')}`);
  expect(await answer.text()).toContain('"values":[[0,1],[1000,2]]');
  expect(await stop(second)).toBe(0);
});

test('will not listen beyond loopback, and says which setting decides it', async () => {
  const running = await start(0, { PENSTOCK_HISTORIAN_HOST: '0.0.0.0' });
  const [code] = await once(running.child, 'exit');
  expect(code).toBe(78);
  expect(running.output()).toContain('PENSTOCK_HISTORIAN_HOST');
  expect(running.output()).toContain('PENSTOCK_HISTORIAN_AUTH');
});

describe('with logins', () => {
  const LOGIN = { PENSTOCK_HISTORIAN_AUTH: 'on', PENSTOCK_HISTORIAN_ADMIN_USER: 'root' };
  const headers = { authorization: `Basic ${btoa('root:a secret')}` };

  test('listens beyond loopback, and knows the configured admin', async () => {
    const port = await freePort();
    writeFileSync(path.join(folder, 'password'), 'a secret\n');
    const running = await start(port, {
      ...LOGIN,
      PENSTOCK_HISTORIAN_HOST: '0.0.0.0',
      PENSTOCK_HISTORIAN_ADMIN_PASSWORD_FILE: path.join(folder, 'password'),
    });
    await ready(running);
    const url = `http://127.0.0.1:${port}/query?q=SHOW+USERS`;
    expect((await fetch(url)).status).toBe(401);
    expect(await (await fetch(url, { headers })).text()).toContain('[["root",true]]');
    const secret = new URLSearchParams({ q: "CREATE USER x WITH PASSWORD 'hidden-one'; CREATE USER x WITH 'hidden" });
    await fetch(`http://127.0.0.1:${port}/query?u=root&p=hidden-two`, { method: 'POST', body: secret });
    await fetch(`http://127.0.0.1:${port}/query`, { method: 'POST', body: secret, headers });
    expect(await stop(running)).toBe(0);
    expect(running.output()).not.toMatch(/hidden|a secret/);
  });

  test('an admin without a password, or half of one, is refused with the setting that is missing', async () => {
    const running = await start(0, LOGIN);
    expect((await once(running.child, 'close'))[0]).toBe(78);
    expect(running.output()).toContain('PENSTOCK_HISTORIAN_ADMIN_PASSWORD is missing');
  });

  test('without an admin it says how to make the first one', async () => {
    const port = await freePort();
    const running = await start(port, { PENSTOCK_HISTORIAN_AUTH: 'on' });
    await ready(running);
    expect(running.output()).toContain('or CREATE USER … WITH PASSWORD');
    const q = "CREATE USER root WITH PASSWORD 'a secret' WITH ALL PRIVILEGES";
    const made = await fetch(`http://127.0.0.1:${port}/query`, { method: 'POST', body: new URLSearchParams({ q }) });
    expect(made.status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/query?q=SHOW+DATABASES`, { headers })).status).toBe(200);
    expect(await stop(running)).toBe(0);
  });
});

test('a port in use is named with its setting, and so is a store in use', async () => {
  const port = await freePort();
  await ready(await start(port));
  const samePort = await start(port, { PENSTOCK_DATA: path.join(folder, 'other') });
  expect((await once(samePort.child, 'exit'))[0]).toBe(69);
  expect(samePort.output()).toContain('PENSTOCK_HISTORIAN_PORT');
  const sameStore = await start(0);
  expect((await once(sameStore.child, 'exit'))[0]).toBe(69);
  expect(sameStore.output()).toContain('cannot open the store');
});

test.each([
  ['is no database', (file: string) => writeFileSync(file, 'x'.repeat(20_000))],
  ['was cut off', (file: string) => truncateSync(file, 5_000)],
])('a store whose file %s is left as it is, and the way out is said', async (_, damage) => {
  const first = await start(await freePort());
  await ready(first);
  expect(await stop(first)).toBe(0);
  const file = path.join(folder, 'historian/catalogue.db');
  damage(file);
  const found = readFileSync(file);
  const second = await start(0);
  expect((await once(second.child, 'close'))[0]).toBe(78);
  expect(second.output()).toContain(`historian: ${file} is damaged (`);
  expect(second.output()).toMatch(/restore the store from a backup, or move its folder away and start again/);
  expect(readFileSync(file).equals(found)).toBe(true);
  renameSync(path.join(folder, 'historian'), path.join(folder, 'damaged'));
  const third = await start(await freePort());
  await ready(third);
  expect(await stop(third)).toBe(0);
});
