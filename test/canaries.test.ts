// A secret is planted in every place where one can stand; then everything goes wrong that makes programs talkative: refused
// logins, receivers and stores that say no, a broken settings file, a crash. None of the secrets may be found in a log, a
// metric, a health page, an error page, or what a command prints. The level of logs is the most talkative there is.

import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceName } from '#domain/service.ts';
import { makeToken } from '#runtime/access/token.ts';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { ROOT, until } from './support/processes.ts';

const canary = (place: string) => `canary-${place}-8f3b1c0d2e`;
/** By place: whatever is found tells where it leaked from. */
const PLANTED = new Map(
  [
    ...['store-password', 'admin-password', 'hook-token', 'hook-path', 'watchdog-path', 'mail-password'],
    ...['wrong-password', 'broker-password', 'url-password'],
  ].map((place) => [place, canary(place)]),
);
const planted = (place: string) => PLANTED.get(place) ?? '';

const SERVICES: readonly ServiceName[] = ['ingest', 'rules', 'writer', 'console', 'watchdog'];
const ALL: readonly ServiceName[] = ['broker', 'historian', ...SERVICES];

let pipeline: Pipeline;
let receiver: Server;
let told = 0;
const seen: string[] = [];

beforeAll(async () => {
  // Says no, and repeats what it was sent, as some gateways do.
  receiver = createServer((request, response) => {
    told++;
    response.writeHead(403).end(`refused ${request.url} ${request.headers.authorization}`);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  pipeline = await startPipeline({
    services: SERVICES,
    rules: (folder) => plantRules(folder, port),
    env: {
      PENSTOCK_LOG_LEVEL: 'debug',
      PENSTOCK_HISTORIAN_AUTH: 'on',
      PENSTOCK_HISTORIAN_ADMIN_USER: 'admin',
      PENSTOCK_HISTORIAN_ADMIN_PASSWORD: planted('admin-password'),
      PENSTOCK_STORE_USERNAME: 'admin',
      PENSTOCK_STORE_PASSWORD: planted('admin-password'),
      PENSTOCK_WATCHDOG_URL: `http://127.0.0.1:${port}/${planted('watchdog-path')}`,
    },
  });
  for (const name of readdirSync(path.join(pipeline.dataDir, 'secrets'))) {
    const secret = readFileSync(path.join(pipeline.dataDir, 'secrets', name), 'utf8').trim();
    PLANTED.set(`secrets/${name}`, secret);
    if (name !== 'token-key') continue;
    for (const user of [...ALL, 'ada', 'root', 'cli'])
      PLANTED.set(`token of ${user}`, makeToken(secret, { kind: 'user', name: user, serial: 1 }));
  }
});
afterAll(async () => {
  await pipeline?.[Symbol.asyncDispose]();
  await new Promise((resolve) => receiver.close(resolve));
});

function plantRules(folder: string, port: number): void {
  const write = (file: string, content: object) => writeFileSync(path.join(folder, file), JSON.stringify(content));
  write('hot.json', { id: 'hot', inputs: { t: 'temperature' }, condition: { '>': [{ var: 't' }, 80] } });
  const notify = path.join(folder, 'notify');
  for (const each of [notify, path.join(notify, 'secrets')]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const secret = (name: string, text: string) =>
    writeFileSync(path.join(notify, 'secrets', name), text, { mode: 0o600 });
  secret('hook', planted('hook-token'));
  secret('mail', planted('mail-password'));
  secret('slack', `http://127.0.0.1:${port}/${planted('hook-path')}`);
  write('notify/receivers.json', {
    ...{ allowedHosts: ['127.0.0.1'], allowPrivate: true, allowHttp: true },
    smtp: { host: '127.0.0.1', port, from: 'a@example.org', username: 'a', passwordFile: 'secrets/mail' },
    receivers: {
      ops: [
        { type: 'webhook', url: `http://127.0.0.1:${port}/alarms`, tokenFile: 'secrets/hook' },
        { type: 'slack', urlFile: 'secrets/slack' },
        { type: 'email', to: 'b@example.org' },
      ],
    },
  });
  write('notify/routes.json', {
    routes: [{ receiver: 'ops', groupBy: ['alarm'], groupWait: '0s', groupInterval: '0s' }],
  });
}

/** What is found of the secrets in a text, by place. */
function leaks(text: string): string[] {
  return [...PLANTED].filter(([, secret]) => secret !== '' && text.includes(secret)).map(([place]) => place);
}

async function look(url: string, options?: RequestInit): Promise<number> {
  const response = await fetch(url, options);
  seen.push(`${new URL(url).pathname} ${await response.text()} ${JSON.stringify([...response.headers])}`);
  return response.status;
}

/** Runs a command as its users do; what it prints is looked at. */
async function command(words: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const args = [path.join(ROOT, 'services/cli/main.ts'), ...words];
  await new Promise<void>((resolve) =>
    execFile(process.execPath, args, { env: { PATH: process.env.PATH, ...env } }, (_error, stdout, stderr) => {
      seen.push(`penstock ${words.slice(0, 2).join(' ')}: ${stdout}${stderr}`);
      resolve();
    }),
  );
}

test('the search finds what is there', () => {
  expect(leaks(`x ${planted('hook-token')} y`)).toEqual(['hook-token']);
  expect(PLANTED.size).toBeGreaterThan(20);
});

test('refused logins, receivers and questions tell no secret', async () => {
  const login = { username: 'ada', password: planted('wrong-password') };
  const url = `mqtt://127.0.0.1:${pipeline.brokerPort}`;
  for (const wrong of [login, { ...login, username: 'rules' }])
    await expect(mqtt.connectAsync(url, { ...wrong, reconnectPeriod: 0 })).rejects.toThrow();
  const device = await pipeline.client();
  await device.publishAsync('plant/v1/lyon/farm/t1/tele', '{"temperature": 91}', { qos: 1 });
  await until('receivers to have been asked', () => told >= 2 || undefined, 30_000);
  const query = new URLSearchParams({ db: 'plant', q: 'SELECT 1', u: 'admin', p: planted('wrong-password') });
  expect(await look(`${pipeline.storeUrl}/query?${query}`)).toBe(401);
  const basic = `Basic ${btoa(`admin:${planted('wrong-password')}`)}`;
  expect(
    await look(`${pipeline.storeUrl}/write?db=plant`, { method: 'POST', headers: { authorization: basic }, body: 'x' }),
  ).toBe(401);
  const body = JSON.stringify({ user: 'ada', password: planted('wrong-password') });
  const headers = { 'content-type': 'application/json', origin: pipeline.consoleUrl };
  for (const each of [body, body.slice(0, -3), JSON.stringify({ password: planted('wrong-password') })])
    expect(await look(`${pipeline.consoleUrl}/api/session`, { method: 'POST', headers, body: each })).toBeGreaterThan(
      399,
    );
}, 90_000);

test('commands that show settings, or fail with them, show no secret', async () => {
  const env = {
    PENSTOCK_DATA: pipeline.dataDir,
    PENSTOCK_BROKER_URL: `mqtt://u:${planted('url-password')}@127.0.0.1:1`,
    PENSTOCK_BROKER_USERNAME: 'u',
    PENSTOCK_BROKER_PASSWORD: planted('broker-password'),
    PENSTOCK_STORE_URL: 'http://127.0.0.1:1',
    PENSTOCK_STORE_PASSWORD: planted('store-password'),
    PENSTOCK_HISTORIAN_ADMIN_PASSWORD: planted('admin-password'),
    PENSTOCK_WATCHDOG_URL: `http://127.0.0.1:1/${planted('watchdog-path')}`,
  };
  await command(['config', 'show', '--effective'], env);
  await command(['config', 'show', '--effective', '--json'], env);
  await command(['doctor'], env);
  await command(['doctor', '--json'], env);
  await command(['rules', 'backtest', '--from', 'now-1m'], env);
  await command(['service', 'writer'], { ...env, PENSTOCK_WRITER_METRICS_PORT: 'x' });
  await command(['config', 'show', '--broker-passwort', planted('broker-password')], env);
  await command(['doctor'], { ...env, PENSTOCK_STORE_URL: `http://u:${planted('url-password')}@127.0.0.1:1` });
}, 120_000);

test('health, metrics, logs, what was rejected and what is audited hold no secret, also of a process that crashes', async () => {
  for (const name of ALL)
    for (const page of ['livez', 'readyz', 'metrics'])
      expect(await look(`http://127.0.0.1:${pipeline.metricsPort(name)}/${page}?verbose`)).toBeLessThan(600);
  // Node prints the stack, and with the report of a fatal error environment and arguments, to whoever reads stderr.
  for (const name of ALL) {
    const running = pipeline.processes.get(name);
    running?.child.kill('SIGABRT');
    await running?.kill();
    seen.push(`${name}: ${running?.output()}`);
  }
  const env = { PENSTOCK_DATA: pipeline.dataDir };
  await command(['audit', 'list'], env);
  await command(['rejected', 'list'], env);
  const found = seen.flatMap((text) => leaks(text).map((place) => `${place} in ${text.slice(0, 60)}`));
  expect(found).toEqual([]);
  expect(seen.join('').length).toBeGreaterThan(50_000);
}, 60_000);
