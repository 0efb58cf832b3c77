// The image without an engine: a folder of just the files that the Dockerfile copies, with the packages of `npm ci --omit=dev`,
// starts by itself, and as the containers of compose.yaml.

import path from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '#domain/service.ts';
import { environmentName } from '#runtime/config.ts';
import { type ComposeChoice, composeEnv } from '../../services/cli/init/compose-env.ts';
import { NO_MOSQUITTO } from '../support/brokers.ts';
import { findProgram, freePorts, type Running, run, tempFolder, until } from '../support/processes.ts';
import { type Compose, type ComposeService, readCompose } from './compose-file.ts';
import { type Containers, noContainers, openContainers } from './containers.ts';
import { NoRegistry, type StagedImage, stageImage } from './staged-image.ts';

let image: StagedImage | undefined;
let missing: string | undefined;
beforeAll(() => {
  try {
    image = stageImage();
  } catch (error) {
    if (!(error instanceof NoRegistry)) throw error;
    missing = `npm cannot reach its registry, and its cache has not all packages: ${error.message}`;
  }
});
afterAll(() => image?.[Symbol.dispose]());

it('starts by itself, stores a point, and stops', async ({ skip }) => {
  if (image === undefined) return skip(missing);
  const { app } = image;
  using data = tempFolder();
  const ports = await freePorts(SERVICES.length + 4);
  const [port = 0, store = 0, page = 0] = ports;
  const env = {
    PENSTOCK_DATA: data.path,
    PENSTOCK_RULES_DIR: path.join(app, 'rules'),
    PENSTOCK_BROKER_PORT: String(port),
    PENSTOCK_BROKER_WS_PORT: 'off',
    PENSTOCK_HISTORIAN_PORT: String(store),
    PENSTOCK_CONSOLE_PORT: String(page),
    ...Object.fromEntries(SERVICES.map((name, i) => [environmentName(name, 'metricsPort'), String(ports[i + 4])])),
  };
  const words = ['-C', app, process.execPath, 'services/cli/main.ts', 'start', '--no-demo'];
  await using started = run('env', words, env);
  await until('the start', () => (started.output().includes('is running') ? true : undefined), 60_000);
  const health = () => run('env', ['-C', app, process.execPath, 'deploy/health.mjs', 'readyz', '--within', '30'], env);
  await using asked = health();
  await until('the health', () => asked.child.exitCode ?? undefined, 40_000);
  expect(asked.output()).toBe('');
  await publish(port);
  const row = await until('the point', () => readPoint(store), 30_000);
  expect(row).toBe(41.5);
  const answer = await fetch(`http://127.0.0.1:${page}/`);
  expect(await answer.text()).toContain('<title>');
  started.child.kill('SIGTERM');
  expect(await until('the end', () => started.child.exitCode ?? undefined, 30_000)).toBe(0);
  await using after = run('env', ['-C', app, process.execPath, 'deploy/health.mjs'], env);
  expect(await until('the answer', () => after.child.exitCode ?? undefined)).toBe(1);
  expect(after.output()).toBe('no service listens here\n');
}, 120_000);

const CHOICE: ComposeChoice = {
  store: 'historian',
  broker: 'embedded',
  hasDemo: true,
  isScaled: false,
  host: undefined,
};

const reason = noContainers();
describe.skipIf(reason !== undefined)(`as containers${reason === undefined ? '' : `: ${reason}`}`, () => {
  it('runs the built-in broker and store and the simulated plant, each with what is its own', async ({ skip }) => {
    if (image === undefined) return skip(missing);
    const compose = readCompose(composeEnv(CHOICE));
    await using containers = await openContainers(compose, image.app);
    const password = await firstStart(containers);
    await givesLoginsToOthers(containers);
    const running = await startAll(compose, containers);
    await seesThePlant(containers, password);
    expect(await writable(containers, 'rules')).toEqual(['/data/rules', '/tmp']);
    expect(await writable(containers, 'console')).toEqual(['/tmp']);
    const listed = await containers.finish('cli', ['device', 'list']);
    expect(listed).toMatchObject({ code: 0, output: expect.stringMatching(/lyon\/tank-farm\/tank-01 .* online/) });
    await stopAll(running);
    expect(await containers.finish('init')).toEqual({ code: 0, output: '' });
  }, 180_000);

  const noMosquitto = findProgram('mosquitto') === undefined ? NO_MOSQUITTO : undefined;
  it.skipIf(noMosquitto !== undefined)(
    `runs with mosquitto and a second ingest${noMosquitto === undefined ? '' : `: ${noMosquitto}`}`,
    async ({ skip }) => {
      if (image === undefined) return skip(missing);
      const compose = withOwnPort(
        readCompose(composeEnv({ ...CHOICE, broker: 'mosquitto', isScaled: true, host: 'broker.plant' })),
      );
      await using containers = await openContainers(compose, image.app);
      const password = await firstStart(containers);
      const running = await startAll(compose, containers);
      await seesThePlant(containers, password);
      await until('the share of the second ingest', async () => {
        const metrics = await containers.ask(
          `console.log(await (await fetch('http://127.0.0.1:${SECOND_PORT}/metrics')).text())`,
        );
        return Number(/^penstock_ingest_points_total\{\S*\} (\d+)/m.exec(metrics)?.[1] ?? 0) > 0 || undefined;
      });
      await stopAll(running);
    },
    180_000,
  );
});

/** Containers have a network each; here they share one, where the second ingest cannot have the port of the first. */
const SECOND_PORT = 9112;

function withOwnPort(compose: Compose): Compose {
  const second = compose.services['ingest-2'] as ComposeService;
  const environment = { ...second.environment, PENSTOCK_INGEST_METRICS_PORT: String(SECOND_PORT) };
  const changed = { 'ingest-2': { ...second, environment } };
  return { ...compose, services: { ...compose.services, ...changed }, all: { ...compose.all, ...changed } };
}

async function firstStart(containers: Containers): Promise<string> {
  const { code, output } = await containers.finish('init');
  const password = /^[\w-]{24}$/m.exec(output)?.[0];
  if (code !== 0 || password === undefined) throw new Error(output);
  return password;
}

/** InfluxDB's image runs the script once, with a command that stands here for its own and says what it was asked for. */
async function givesLoginsToOthers(containers: Containers): Promise<void> {
  const script = `
    printf '#!/bin/sh\\n[ "$1" != bucket ] || [ "$2" != list ] || { echo "id-of-$6"; exit; }\\necho "$@" >>/tmp/asked\\n' >/tmp/influx
    chmod +x /tmp/influx; PATH=/tmp:$PATH /docker-entrypoint-initdb.d/logins.sh; cat /tmp/asked`;
  const { code, output } = await containers.finish('influxdb', ['bash', '-euc', script]);
  const ids = (flag: string) => ['raw', 'r1m', 'r1h'].map((policy) => `${flag} id-of-plant/${policy}`).join(' ');
  const login = (name: string, rights: string) => {
    const password = containers.readVolume('login-influxdb', `${name}-password`);
    return `v1 auth create --org penstock --username ${name} --password ${password} ${rights}`;
  };
  expect([code, output.trim().split('\n')]).toEqual([
    0,
    [
      'bucket create --org penstock --name plant/r1m --retention 366d',
      'bucket create --org penstock --name plant/r1h --retention 0',
      login('writer', `${ids('--read-bucket')} ${ids('--write-bucket')}`),
      login('console', ids('--read-bucket')),
      login('grafana', ids('--read-bucket')),
    ],
  ]);
  const grafana = await containers.finish('grafana', ['cat', '/login/store-password']);
  expect(grafana).toEqual({ code: 0, output: containers.readVolume('login-influxdb', 'grafana-password') });
}

const isService = (name: string) => (SERVICES as readonly string[]).includes(name);

/** Every container as soon as those that it waits for are well. */
async function startAll(compose: Compose, containers: Containers): Promise<Map<string, Running>> {
  const running = new Map<string, Running>();
  const wellness = new Map<string, Promise<void>>([['init', Promise.resolve()]]);
  const well = (name: string): Promise<void> => {
    const known = wellness.get(name) ?? startOne(name);
    wellness.set(name, known);
    return known;
  };
  const startOne = async (name: string) => {
    await Promise.all(Object.keys(compose.services[name]?.depends_on ?? {}).map(well));
    running.set(name, containers.start(name));
    if (isService(name)) await containers.healthy(name);
  };
  // Neither is to be had here.
  const others = Object.keys(compose.services).filter((name) => !['grafana', 'influxdb'].includes(name));
  await Promise.all(others.map(well));
  return running;
}

/** As Grafana reads it and an operator sees it; and nobody comes without a login. */
async function seesThePlant(containers: Containers, password: string): Promise<void> {
  const grafana = containers.readVolume('login-grafana', 'store-password');
  const rows = await until(
    'a point of the simulated plant',
    async () => {
      const answer = JSON.parse(await containers.ask(askStore(grafana))) as { status: number; body: StoreAnswer };
      expect(answer.status).toBe(200);
      return answer.body.results?.[0]?.series?.[0]?.values;
    },
    60_000,
  );
  expect(rows.length).toBeGreaterThan(0);
  const said = JSON.parse(await containers.ask(askDoors(grafana, password)));
  expect(said).toEqual({ login: 200, wrongLogin: 401, write: 403, noLogin: 401 });
}

type StoreAnswer = { readonly results?: readonly { readonly series?: readonly { readonly values: unknown[][] }[] }[] };

const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

function askStore(secret: string): string {
  const query = new URLSearchParams({
    db: 'plant',
    q: `SELECT value FROM "plant"."raw"."reading" WHERE area = 'tank-farm' LIMIT 5`,
  });
  return `
    const answer = await fetch('http://127.0.0.1:8086/query?${query}', { headers: { authorization: '${basic('grafana', secret)}' } });
    console.log(JSON.stringify({ status: answer.status, body: await answer.json() }));`;
}

function askDoors(secret: string, password: string): string {
  return `
    const login = (password) => fetch('http://127.0.0.1:8080/api/login', { method: 'POST', body: JSON.stringify({ user: 'operator', password }),
      headers: { 'content-type': 'application/json', 'x-penstock-page': '1' } });
    const store = (path, headers) => fetch('http://127.0.0.1:8086' + path, { method: 'POST', body: 'x v=1', headers });
    const answers = {
      login: await login('${password}'), wrongLogin: await login('not this one'),
      write: await store('/write?db=plant&rp=raw', { authorization: '${basic('grafana', secret)}' }), noLogin: await store('/write?db=plant', {}),
    };
    console.log(JSON.stringify(Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]))));`;
}

/** Of the folders that a container has, those that it can write to. */
async function writable(containers: Containers, name: string): Promise<string[]> {
  const script = `
    const { readdirSync, writeFileSync } = require('node:fs');
    const folders = ['/', '/app', '/etc', '/tmp', '/authority', '/login', ...readdirSync('/data').map((name) => '/data/' + name)];
    const can = (folder) => { try { writeFileSync(folder + '/probe', ''); return true; } catch { return false; } };
    console.log(JSON.stringify(folders.filter(can).sort()));`;
  const { output } = await containers.finish(name, ['-e', script]);
  return JSON.parse(output) as string[];
}

async function stopAll(running: ReadonlyMap<string, Running>): Promise<void> {
  for (const { child } of running.values()) child.kill('SIGTERM');
  for (const [name, { child, output }] of running) {
    const code = await until(`the end of ${name}`, () => child.exitCode ?? undefined, 15_000);
    expect([name, code, code === 0 ? '' : output()]).toEqual([name, 0, '']);
  }
}

async function publish(port: number): Promise<void> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  await client.publishAsync('plant/v1/lyon/tank-farm/tank-09/tele', '{"temperature": 41.5}', { qos: 1 });
  await client.endAsync();
}

async function readPoint(store: number): Promise<number | undefined> {
  const query = new URLSearchParams({
    db: 'plant',
    q: `SELECT value FROM "plant"."raw"."reading" WHERE device = 'tank-09'`,
  });
  const answer = await fetch(`http://127.0.0.1:${store}/query?${query}`);
  const { results } = (await answer.json()) as { results: { series?: { values: [string, number][] }[] }[] };
  return results[0]?.series?.[0]?.values[0]?.[1];
}
