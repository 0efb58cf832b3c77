// Home Assistant beside ingest and a real broker: every device appears by itself, shows what is so, and goes again. It logs in as
// README.md says.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACL_FILE, accessFolder, USERS_FILE } from '#runtime/access/access-files.ts';
import { makeToken } from '#runtime/access/token.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { Jinja, NO_JINJA } from '../services/ingest/home-assistant/testing.ts';
import { startEmbedded } from './support/brokers.ts';
import { HomeAssistant } from './support/home-assistant.ts';
import { loginOf } from './support/logins.ts';
import { readMetric } from './support/pipeline.ts';
import { freePorts, ROOT, type Running, run, tempFolder, until, whenReady } from './support/processes.ts';

const TANK = 'lyon/hall/tank';
const PUMP = 'lyon/hall/pump';
const GAUGE = 'lyon/hall/gauge';
const LAMP = 'home/house/lamp';
const LEVEL = { unit: 'm', resolution: 0.01, min: 0, max: 10 };
const MODEL = { model: 'tank-sensor', metrics: { level: LEVEL, full: { type: 'boolean' } } };
const HALL = {
  site: 'lyon',
  area: 'hall',
  devices: { tank: { model: 'tank-sensor' }, gauge: { model: 'tank-sensor' } },
};
const STATESTREAM = 'home-assistant-statestream.json';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
/** The rights that README.md gives Home Assistant. */
const [, HOME_ACL = ''] = /```\n(user hass\n[^`]*)```/.exec(read('README.md')) ?? [];

describe.skipIf(NO_JINJA !== undefined)(`Home Assistant${NO_JINJA ? `: ${NO_JINJA}` : ''}`, () => {
  let stack: AsyncDisposableStack;
  let folder: string;
  let dataDir: string;
  let port: number;
  let metricsPort: number;
  let ingest: Running;
  let device: MqttClient;
  let home: HomeAssistant;
  let jinja: Jinja;

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    jinja = stack.use(new Jinja());
    folder = stack.use(tempFolder()).path;
    dataDir = path.join(folder, 'data');
    const [brokerPort = 0, brokerMetrics = 0, ingestMetrics = 0] = await freePorts(3);
    [port, metricsPort] = [brokerPort, ingestMetrics];
    for (const each of ['models', 'devices', 'sources'])
      mkdirSync(path.join(folder, 'rules', each), { recursive: true });
    write('models/tank.model.json', MODEL);
    write('devices/hall.json', HALL);
    write('sources/lamps.json', { topic: 'lamps/{device}/{metric}', format: 'value', site: 'home', area: 'house' });
    write(`sources/${STATESTREAM}`, JSON.parse(read(`rules/sources/${STATESTREAM}`)));
    mkdirSync(accessFolder(dataDir), { recursive: true, mode: 0o700 });
    const users = JSON.stringify({ users: { root: { role: 'admin' }, hass: { role: 'service' } } });
    writeFileSync(path.join(accessFolder(dataDir), USERS_FILE), users, { mode: 0o600 });
    writeFileSync(path.join(accessFolder(dataDir), ACL_FILE), HOME_ACL, { mode: 0o600 });
    stack.use(await startEmbedded({ dataDir, port, metricsPort: brokerMetrics }));
    await startIngest('homeassistant');
    stack.defer(() => ingest[Symbol.asyncDispose]());
    device = await connect();
    home = await comeHome();
  });
  afterEach(() => stack.disposeAsync());

  const write = (file: string, content: object) =>
    writeFileSync(path.join(folder, 'rules', file), JSON.stringify(content));

  async function startIngest(prefix: string): Promise<void> {
    ingest = run(process.execPath, [path.join(ROOT, 'services/ingest/main.ts')], {
      ...{ PENSTOCK_SUPERVISED: '1', PENSTOCK_DATA: dataDir, PENSTOCK_RULES_DIR: path.join(folder, 'rules') },
      ...{ PENSTOCK_BROKER_PORT: `${port}`, PENSTOCK_INGEST_METRICS_PORT: `${metricsPort}` },
      PENSTOCK_INGEST_HOME_ASSISTANT: prefix,
    });
    const isReady = async () => (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).ok || undefined;
    await whenReady(ingest, 'ingest to be ready', isReady);
  }

  async function restartIngest(prefix = 'homeassistant'): Promise<void> {
    await ingest[Symbol.asyncDispose]();
    await startIngest(prefix);
  }

  async function connect(options: IClientOptions = {}): Promise<MqttClient> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, options);
    stack.defer(() => client.endAsync(true));
    return client;
  }

  /** With the birth and the last will that it has. */
  async function comeHome(): Promise<HomeAssistant> {
    const password = makeToken(readOrCreateSecret(dataDir, 'token-key').value, {
      kind: 'user',
      name: 'hass',
      serial: 1,
    });
    const will = { topic: 'homeassistant/status', payload: Buffer.from('offline'), qos: 0, retain: false } as const;
    const client = await connect({ username: 'hass', password, will, resubscribe: false });
    await client.publishAsync('homeassistant/status', 'online', { qos: 1 });
    const came = new HomeAssistant(client, { jinja, now: () => performance.now() });
    await came.discover('homeassistant');
    return came;
  }

  const say = (topic: string, payload: object | string) =>
    device.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1 });
  const shows = (name: string, metric: string, state: string) =>
    until(`${name} ${metric} to be ${state}`, () => {
      const is = home.state(name, metric);
      if (is !== state) throw new Error(`it is ${is}`);
      return true;
    });
  const isGone = (name: string, metric: string) =>
    until(`${name} ${metric} to be gone`, () => (home.state(name, metric) === undefined ? true : undefined), 30_000);

  it('shows devices of a model, of a birth and of a foreign topic: what is so, what is not known, and who is away', async () => {
    await shows(TANK, 'level', 'unknown');
    await say(`plant/v1/${TANK}/tele`, { level: 3.25, full: true });
    await shows(TANK, 'level', '3.25');
    await shows(TANK, 'full', 'on');
    expect(home.component(TANK, 'level')).toMatchObject({ unit_of_measurement: 'm', suggested_display_precision: 2 });

    await say(`plant/v1/${TANK}/tele`, { level: 99, full: null });
    await shows(TANK, 'level', 'unknown');
    await shows(TANK, 'full', 'unknown');
    await say(`plant/v1/${TANK}/tele`, { level: 4, quality: 1 });
    await shows(TANK, 'level', '4');

    const meta = { metrics: { power: { unit: 'kW' }, state: { type: 'text' } } };
    await device.publishAsync(`plant/v1/${PUMP}/meta`, JSON.stringify(meta), { qos: 1, retain: true });
    await say(`plant/v1/${PUMP}/tele`, { power: 12.5, state: '{{ 7 * 7 }}' });
    await shows(PUMP, 'power', '12.5');
    await shows(PUMP, 'state', '{{ 7 * 7 }}');
    expect(home.component(PUMP, 'power')).toMatchObject({ device_class: 'power', state_class: 'measurement' });

    await say('lamps/lamp/brightness', '80');
    await say('lamps/lamp/on', 'true');
    await shows(LAMP, 'brightness', '80');
    await shows(LAMP, 'on', 'on');

    await say(`plant/v1/${PUMP}/status`, { s: 'offline' });
    await shows(PUMP, 'power', 'unavailable');
    await shows(TANK, 'level', '4');
    await say(`plant/v1/${PUMP}/status`, { s: 'online' });
    await shows(PUMP, 'power', '12.5');
    expect(home.complaints).toEqual([]);
  });

  it('does not take what it said itself for news, round and round', async () => {
    await shows(TANK, 'level', 'unknown');
    const shown = home.shown;
    // Its statestream tells of every entity that it has, those of ours among them.
    await say('homeassistant/sensor/lyon_hall_tank_level/state', '3.25');
    await say('homeassistant/binary_sensor/lyon_hall_tank_full/state', 'on');
    await say(`plant/v1/${TANK}/tele`, { level: 5 });
    await shows(TANK, 'level', '5');
    await say('lamps/lamp/brightness', '80');
    await shows(LAMP, 'brightness', '80');
    expect(home.shown).toEqual([...shown, `${LAMP} brightness`].sort());
    expect(await readMetric(metricsPort, 'penstock_ingest_home_assistant_devices')).toBe(3);
  });

  it('a metric and a device that fall silent do not look alive, and a restart of either changes nothing', {
    timeout: 90_000,
  }, async () => {
    const metrics = { ...MODEL.metrics, level: { ...LEVEL, interval: '1s' } };
    write('models/tank.model.json', { ...MODEL, metrics });
    await restartIngest();
    await say(`plant/v1/${TANK}/tele`, { level: 2, full: false });
    await shows(TANK, 'level', '2');
    await until('the level to be old while the flag goes on', async () => {
      await say(`plant/v1/${TANK}/tele`, { full: true });
      return home.state(TANK, 'level') === 'unknown' ? true : undefined;
    });
    await shows(TANK, 'full', 'on');
    await shows(TANK, 'level', 'unavailable');

    await say('lamps/lamp/brightness', '80');
    await shows(LAMP, 'brightness', '80');
    await restartIngest();
    home = await comeHome();
    await shows(TANK, 'level', 'unknown');
    await shows(TANK, 'full', 'on');
    await shows(LAMP, 'brightness', '80');
    await say('lamps/lamp/on', 'true');
    await shows(LAMP, 'on', 'on');
    expect([home.state(LAMP, 'brightness'), home.state(TANK, 'full')]).toEqual(['80', 'on']);
    expect(home.complaints).toEqual([]);
  });

  it('what is gone from the files goes from Home Assistant, and all of it when discovery is turned off', {
    timeout: 120_000,
  }, async () => {
    await say(`plant/v1/${TANK}/tele`, { level: 3, full: true });
    await say(`plant/v1/${GAUGE}/tele`, { level: 1 });
    await say('lamps/lamp/brightness', '80');
    for (const [name, metric, state] of [
      [TANK, 'full', 'on'],
      [GAUGE, 'level', '1'],
      [LAMP, 'brightness', '80'],
    ] as const)
      await shows(name, metric, state);
    const root = await connect(loginOf(dataDir, 'root'));
    const held = new Map<string, string>();
    root.on('message', (topic, payload) => held.set(topic, payload.toString()));
    const others = 'homeassistant/device/0x00158d/config';
    await root.publishAsync(others, '{"origin":{"name":"somebody"},"components":{}}', {
      qos: 1,
      retain: true,
    });
    await root.subscribeAsync(['+/device/+/config', 'latest/#'], { qos: 1 });

    write('models/tank.model.json', { ...MODEL, metrics: { level: LEVEL } });
    write('devices/hall.json', { ...HALL, devices: { tank: HALL.devices.tank } });
    await restartIngest();
    await isGone(TANK, 'full');
    await isGone(GAUGE, 'level');
    expect(home.shown).toEqual([`${LAMP} brightness`, `${TANK} level`]);
    await shows(TANK, 'level', '3');
    expect(home.complaints).toEqual([]);

    await restartIngest('elsewhere');
    await isGone(TANK, 'level');
    await until(
      'the other prefix',
      () => [...held.keys()].some((topic) => topic.startsWith('elsewhere/')) || undefined,
    );
    await restartIngest('off');
    await until('nothing of ours to be left', () => {
      const left = [...held].filter(([, payload]) => payload !== '').map(([topic]) => topic);
      if (left.length > 1) throw new Error(left.join(', '));
      return true;
    });
    expect(held.get(others)).not.toBe('');
    expect(home.shown).toEqual([]);
  });
});
