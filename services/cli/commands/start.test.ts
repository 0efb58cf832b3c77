// The real services under the real supervisor, on free ports: what a newcomer's first minute rests on.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SERVICES } from '#domain/service.ts';
import { waitFor } from '../testing.ts';

const MAIN = path.resolve(import.meta.dirname, '../main.ts');
const ROOT = path.resolve(import.meta.dirname, '../../..');

let folder: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-start-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function penstock(...words: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: ROOT, env: { PATH: process.env.PATH } });
  running.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  return { child, said, ended: once(child, 'close').then(([code]) => code as number | null) };
}

const freePorts = () => [
  ...SERVICES.flatMap((name) => [`--${name}-metrics-port`, '0']),
  ...['broker', 'broker-ws', 'historian', 'console'].flatMap((name) => [`--${name}-port`, '0']),
];

async function started(...words: readonly string[]) {
  const run = penstock('start', '--data', folder, ...freePorts(), ...words);
  await waitFor('the box', () => run.said.out.includes('└'), 30_000);
  expect(run.said.out, run.said.err).not.toContain('Not ready');
  const url = (pattern: RegExp) => pattern.exec(run.said.out)?.[0] ?? '';
  return { ...run, brokerUrl: url(/mqtt:\/\/\S+/), consoleUrl: url(/http:\/\/\S+/) };
}

describe('penstock start', () => {
  it('comes up, says where everything is, and stops when it is asked to', async () => {
    const { said, child, ended, consoleUrl } = await started('--no-demo');
    expect((await fetch(`${consoleUrl}/api/session`)).status).toBeLessThan(500);
    for (const line of said.err.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    const startedAt = Date.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });

  it('makes a login at the first start only, shows its password once, and keeps no more than its hash', async () => {
    const first = await started('--no-demo');
    const [, password = ''] = /operator, password ([\w-]{24}) /.exec(first.said.out) ?? [];
    const logIn = (url: string) =>
      fetch(`${url}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-penstock-page': '1' },
        body: JSON.stringify({ user: 'operator', password }),
      });
    const answer = await logIn(first.consoleUrl);
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ role: 'engineer' })]);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    const users = path.join(folder, 'access/users.json');
    expect(readFileSync(users, 'utf8')).not.toContain(password);
    expect(statSync(users).mode & 0o777).toBe(0o600);
    const second = await started('--no-demo');
    expect(second.said.out).toContain('user passwd operator');
    expect(second.said.out).not.toContain('password ');
    expect((await logIn(second.consoleUrl)).status).toBe(200);
    second.child.kill('SIGINT');
    await second.ended;
  });

  it('a file of users that cannot be read is a mistake to mend, and never a first start', async () => {
    const users = path.join(folder, 'access/users.json');
    mkdirSync(path.dirname(users), { mode: 0o700 });
    for (const text of ['', '{"users": {', '{"users": []}']) {
      writeFileSync(users, text, { mode: 0o600 });
      const { said, ended } = penstock('start', '--data', folder, ...freePorts());
      expect(await ended).toBe(78);
      expect(said.err).toContain(`${users}:1:`);
      expect(said.out).toBe('');
      expect(readFileSync(users, 'utf8')).toBe(text);
    }
  });

  it('a file without people stays as it is, and the box says who makes the first one', async () => {
    const users = path.join(folder, 'access/users.json');
    mkdirSync(path.dirname(users), { mode: 0o700 });
    writeFileSync(users, '{"users": {"graf": {"role": "service"}}}', { mode: 0o600 });
    const { said, child, ended } = await started('--no-demo');
    expect(said.out).toContain('nobody can log in');
    expect(readFileSync(users, 'utf8')).not.toContain('operator');
    child.kill('SIGINT');
    await ended;
  });

  it('runs the simulated plant, which tail then shows', async () => {
    const { brokerUrl, child, ended } = await started();
    const tail = penstock('tail', '--json', '--broker-url', brokerUrl, 'points/#', 'rejected/#');
    const seen = () =>
      tail.said.out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    await waitFor('a point of a tank', () => seen().some((point) => point.metric === 'temperature'));
    await waitFor('a point of the foreign device', () => seen().some((point) => point.site === 'home'), 20_000);
    tail.child.kill('SIGINT');
    expect(await tail.ended).toBe(0);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('a second start on the same data folder says that the first one runs there, and touches nothing', async () => {
    const first = await started('--no-demo');
    const second = penstock('start', '--data', folder, ...freePorts());
    expect(await second.ended).toBe(69);
    expect(second.said.err).toContain(`Penstock is already running on this data folder (process ${first.child.pid})`);
    expect(second.said.err.trim().split('\n')).toHaveLength(1);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
  });

  it('a data folder that is a file, or lies within one, ends in one sentence with what to do', async () => {
    const file = path.join(folder, 'plain-file');
    writeFileSync(file, '');
    for (const data of [file, path.join(file, 'below')]) {
      const { said, ended } = penstock('start', '--data', data, ...freePorts());
      expect(await ended).toBe(78);
      expect(said.err).toMatch(/^error the data folder \S*plain-file is not a folder; .*PENSTOCK_DATA.*\n$/);
    }
  });

  it.runIf(process.platform === 'linux')('a data folder where nothing can be made ends in one sentence', async () => {
    const { said, ended } = penstock('start', '--data', '/proc/penstock-data', ...freePorts());
    expect(await ended).toBe(78);
    expect(said.err).toMatch(/^error the data folder \/proc\S* cannot be .*\(E[A-Z]+\); .*PENSTOCK_DATA.*\n$/);
  });

  it('names a port in use and the setting that moves it, and starts nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { said, ended } = penstock('start', '--data', folder, ...freePorts(), '--broker-port', String(port));
    expect(await ended).toBe(69);
    expect(said.err).toContain(`port ${port} at 127.0.0.1 is in use by`);
    expect(said.err).toContain('PENSTOCK_BROKER_PORT');
    expect(said.out).toBe('');
    await new Promise((resolve) => server.close(resolve));
  });
});

it('penstock service runs one service, and stops with it', async () => {
  const ports = ['--broker-port', '0', '--broker-ws-port', '0', '--broker-metrics-port', '0'];
  const args = ['--data', folder, ...ports, '--log-level', 'info'];
  const { said, child, ended } = penstock('service', 'broker', ...args);
  await waitFor('the broker', () => said.out.includes('listening for MQTT'));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it('penstock service suggests the name that was meant', async () => {
  const { said, ended } = penstock('service', 'borker');
  expect(await ended).toBe(2);
  expect(said.err).toContain("did you mean 'broker'?");
});

it('penstock tail says that no broker answers', async () => {
  const { said, ended } = penstock('tail', '--broker-url', 'mqtt://127.0.0.1:1');
  expect(await ended).toBe(69);
  expect(said.err).toContain('mqtt://127.0.0.1:1');
});
