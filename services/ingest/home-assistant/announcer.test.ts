import { expect, test } from 'vitest';
import type { Point, Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import { makeSeries } from '#domain/series.ts';
import { serviceDevice } from '#domain/service.ts';
import { type DeviceName, deviceKey, topics } from '#domain/topic.ts';
import type { PlantFiles } from '#runtime/plant-files.ts';
import type { DeviceRegistry } from '../devices/registry.ts';
import { deviceIn, modelNamed, NO_FILES, TANK, testRegistry } from '../devices/testing.ts';
import type { Announcement } from './announced-device.ts';
import { Announcer } from './announcer.ts';
import { heldMessage } from './held-config.ts';

const NOW = 1_795_355_425_172;
const LAMP: DeviceName = { site: 'home', area: 'house', device: 'lamp' };
const model = modelNamed('tank-sensor', {
  level: { type: 'number', unit: 'm', interval: '2s' },
  full: { type: 'boolean' },
});
const files = (metrics = model): PlantFiles => ({
  ...NO_FILES,
  models: new Map([['tank-sensor', metrics]]),
  devices: new Map([[deviceKey(TANK), { ...TANK, model: 'tank-sensor', role: null, labels: {} }]]),
});

/** What a broker has retained, over any number of lives of ours. */
class Held {
  readonly retained = new Map<string, string>();
  readonly sent: Announcement[] = [];
  isOpen = true;
  readonly #waiting: (() => void)[] = [];

  async publish(message: Announcement): Promise<void> {
    this.sent.push(message);
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (message.payload === '') this.retained.delete(message.topic);
    else this.retained.set(message.topic, message.payload);
  }

  open(): void {
    this.isOpen = true;
    for (const pass of this.#waiting.splice(0)) pass();
  }

  config(name: DeviceName): { components: Record<string, object> } | undefined {
    const text = this.retained.get(topics.announcement('homeassistant', name));
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** What components there are, by the ends of their ids. */
  components(name: DeviceName): string[] {
    return Object.keys(this.config(name)?.components ?? {}).map((id) => id.split('__').at(-1) ?? '');
  }

  values(name: DeviceName): Record<string, { value: Value | null; quality: number }> {
    return JSON.parse(this.retained.get(topics.latest(name)) ?? '{}');
  }

  takeSent(): string[] {
    return this.sent.splice(0).map(({ topic, payload }) => `${topic}${payload === '' ? ' away' : ''}`);
  }
}

/** A life of ours at that broker. */
class Life {
  readonly registry: DeviceRegistry;
  readonly announcer: Announcer;
  readonly saidOfRoom: string[] = [];
  now = NOW;

  constructor(held: Held, plant = files(), unnamed: readonly string[] = [], bytes = 100_000) {
    this.registry = testRegistry(plant, { devices: 5_000 });
    this.announcer = new Announcer({
      ...{ prefix: 'homeassistant', version: '0.1.0', unnamed: new Set(unnamed), bytesMax: () => bytes },
      known: (name) => this.registry.known(name),
      publish: (message) => held.publish(message),
      onNoRoom: (what) => this.saidOfRoom.push(what),
    });
    this.read(held);
  }

  read(held: Held): void {
    this.announcer.forgetHeld();
    for (const [topic, payload] of held.retained) {
      const message = heldMessage(topic, Buffer.from(payload));
      if (message?.kind === 'config') this.announcer.holdsConfig(message.name, message.held);
      if (message?.kind === 'values') this.announcer.holdsValues(message.name, Buffer.from(payload), this.now);
    }
  }

  say(name: DeviceName, metric: string, value: Value | null, more: Partial<Point> = {}): void {
    const quality: Quality = value === null ? 'bad' : 'good';
    const point = { value, quality, measuredAt: this.now, late: false, ...more };
    deviceIn(this.registry, name, this.now);
    this.announcer.take([{ series: makeSeries({ ...name, metric }), ...point }], this.now);
  }

  /** So many seconds pass. */
  async pass(seconds = 1): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      for (const view of this.registry.takeChanges(this.now)) this.announcer.changed(view);
      await this.announcer.run(this.now);
      this.now += 1_000;
    }
  }
}

test('a device of a file is announced before it has said anything, and a stranger by what it has said', async () => {
  const held = new Held();
  const life = new Life(held);
  await life.pass();
  expect(held.takeSent()).toEqual([topics.announcement('homeassistant', TANK)]);
  life.say(LAMP, 'state', 'ON');
  await life.pass();
  expect(held.takeSent()).toEqual([topics.announcement('homeassistant', LAMP), topics.latest(LAMP)]);
  expect([held.components(TANK), held.components(LAMP), life.announcer.size]).toEqual([
    ['level', 'full'],
    ['state'],
    2,
  ]);
});

test('values are told once a second, the newest of each, and only where something has come', async () => {
  const held = new Held();
  const life = new Life(held);
  for (let i = 0; i < 5; i++) life.say(TANK, 'level', i);
  await life.pass();
  expect(held.values(TANK)).toEqual({ level: { value: 4, quality: 0, at: NOW } });
  expect(life.announcer.replaced).toBe(4);
  held.takeSent();
  await life.pass();
  expect(held.takeSent()).toEqual([]);
});

test('what the broker had kept, what is history and what is older changes nothing', async () => {
  const held = new Held();
  const life = new Life(held);
  life.say(TANK, 'level', 2);
  life.say(TANK, 'level', 7, { late: true, measuredAt: NOW + 1 });
  life.say(TANK, 'level', 8, { measuredAt: NOW - 1 });
  life.say(TANK, 'full', true, { late: true });
  await life.pass();
  expect(held.values(TANK)).toEqual({ level: { value: 2, quality: 0, at: NOW } });
});

test('a metric that falls silent becomes bad, while the device goes on with others', async () => {
  const held = new Held();
  const life = new Life(held);
  life.say(TANK, 'level', 2);
  for (let i = 0; i < 8; i++) {
    life.say(TANK, 'full', i % 2 === 0);
    await life.pass();
  }
  expect(held.values(TANK)).toMatchObject({ level: { value: 2, quality: 2 }, full: { quality: 0 } });
});

test('while the broker takes nothing, each device waits once, with its newest values', async () => {
  const held = new Held();
  const life = new Life(held);
  await life.pass();
  held.isOpen = false;
  life.say(TANK, 'level', 1);
  const round = life.pass();
  for (let i = 2; i < 6; i++) {
    life.say(TANK, 'level', i);
    await life.announcer.run(life.now);
  }
  expect(held.sent.filter(({ kind }) => kind === 'values')).toHaveLength(1);
  held.open();
  await round;
  await life.pass();
  expect(held.values(TANK)).toMatchObject({ level: { value: 5 } });
  expect(held.sent.filter(({ kind }) => kind === 'values')).toHaveLength(2);
});

test('after a restart nothing is told again, and no metric is unknown because it has not come since', async () => {
  const held = new Held();
  const first = new Life(held);
  first.say(TANK, 'level', 2);
  first.say(TANK, 'full', true);
  first.say(LAMP, 'state', 'ON');
  await first.pass();
  held.takeSent();
  const second = new Life(held);
  await second.pass();
  expect(held.takeSent()).toEqual([]);
  second.say(LAMP, 'power', 5);
  second.say(TANK, 'level', 3);
  await second.pass(20);
  expect(held.values(LAMP)).toMatchObject({ state: { value: 'ON', quality: 0 }, power: { value: 5 } });
  expect(held.values(TANK)).toMatchObject({ full: { value: true, quality: 0 } });
  expect(held.components(LAMP)).toEqual(['state', 'power']);
});

test('a stranger that was announced stays after a restart, until it has been silent for a week', async () => {
  const held = new Held();
  const first = new Life(held);
  first.say(LAMP, 'state', 'ON');
  await first.pass();
  const second = new Life(held);
  await second.pass(200);
  expect(held.components(LAMP)).toEqual(['state']);
  const third = new Life(held);
  third.now += 7 * 86_400_000;
  await third.pass(20);
  expect([...held.retained.keys()]).toEqual([topics.announcement('homeassistant', TANK)]);
});

test('a device that no file names any more is taken away, once births have had their time to come', async () => {
  const held = new Held();
  const first = new Life(held);
  first.say(TANK, 'level', 2);
  await first.pass();
  held.takeSent();
  const second = new Life(held, NO_FILES, [deviceKey(TANK)]);
  await second.pass(10);
  expect(held.takeSent()).toEqual([]);
  expect(second.announcer.isSettled).toBe(false);
  await second.pass();
  expect(second.announcer.isSettled).toBe(true);
  expect(held.takeSent()).toEqual([
    `${topics.announcement('homeassistant', TANK)} away`,
    `${topics.latest(TANK)} away`,
  ]);
  expect(held.retained.size).toBe(0);
});

test('a device that goes on without its file stays, as a stranger', async () => {
  const held = new Held();
  const first = new Life(held);
  await first.pass();
  const second = new Life(held, NO_FILES, [deviceKey(TANK)]);
  second.say(TANK, 'level', 2);
  await second.pass(20);
  expect(held.components(TANK)).toEqual(['level']);
});

test('a metric that the model has no more is named for removal, and then left out; its value goes too', async () => {
  const held = new Held();
  const first = new Life(held);
  first.say(TANK, 'level', 2);
  first.say(TANK, 'full', true);
  await first.pass();
  held.takeSent();
  const second = new Life(held, files(modelNamed('tank-sensor', { level: { type: 'number', unit: 'm' } })));
  await second.pass(10);
  expect(held.components(TANK)).toEqual(['level', 'full']);
  await second.pass();
  const configs = held.sent
    .filter(({ kind }) => kind === 'config')
    .map(({ payload }) => JSON.parse(payload).components);
  expect(configs.map((each) => each['binary_sensor_penstock_lyon__tanks__tank-01__full'])).toEqual([
    { platform: 'binary_sensor' },
    undefined,
  ]);
  expect([held.components(TANK), Object.keys(held.values(TANK))]).toEqual([['level'], ['level']]);
});

test('killed between the two, the next life names it for removal again', async () => {
  const held = new Held();
  await new Life(held).pass();
  const topic = topics.announcement('homeassistant', TANK);
  const config = held.config(TANK);
  const removing = { ...config, components: { ...config?.components, sensor_penstock_old: { platform: 'sensor' } } };
  held.retained.set(topic, JSON.stringify(removing));
  held.takeSent();
  await new Life(held).pass(11);
  expect(held.takeSent()).toEqual([topic, topic]);
  expect(held.components(TANK)).toEqual(['level', 'full']);
});

test('a broker that has lost what it retained is told all of it anew', async () => {
  const held = new Held();
  const life = new Life(held);
  life.say(TANK, 'level', 2);
  await life.pass();
  const before = new Map(held.retained);
  held.retained.clear();
  life.read(held);
  await life.pass();
  expect(held.retained).toEqual(before);
});

test('what others announce is neither changed nor taken away', async () => {
  const held = new Held();
  const others = [
    ['homeassistant/device/0x00158d0001dc126a/config', '{"origin":{"name":"Zigbee2MQTT"},"components":{}}'],
    [
      topics.announcement('homeassistant', LAMP),
      '{"origin":{"name":"somebody"},"components":{"a":{"platform":"sensor"}}}',
    ],
    ['homeassistant/sensor/x/config', '{}'],
  ] as const;
  for (const [topic, payload] of others) held.retained.set(topic, payload);
  await new Life(held, NO_FILES).pass(100);
  expect([...held.retained]).toEqual(others);
  expect(held.sent).toEqual([]);
});

test('a device that has come from Home Assistant is not announced there', async () => {
  const held = new Held();
  const life = new Life(held);
  deviceIn(life.registry, LAMP).isAnnounced = false;
  life.say(LAMP, 'state', 'ON');
  await life.pass(20);
  expect([...held.retained.keys()]).toEqual([topics.announcement('homeassistant', TANK)]);
});

test('what plays a service of ours is no device of the plant', async () => {
  const held = new Held();
  const life = new Life(held, NO_FILES);
  life.say(serviceDevice('ingest'), 'cpu', 0.5);
  life.say(LAMP, 'state', 'ON');
  await life.pass(20);
  expect([...held.retained.keys()]).toEqual([topics.announcement('homeassistant', LAMP), topics.latest(LAMP)]);
});

test('devices past the bound are left out, counted and said, and get the room of those that go', async () => {
  const held = new Held();
  const life = new Life(held, NO_FILES);
  const name = (i: number): DeviceName => ({ site: 's', area: 'a', device: `d${i}` });
  for (let i = 0; i < 2_003; i++) life.say(name(i), 'm', 1);
  await life.pass(11);
  expect([life.announcer.size, life.announcer.leftOut]).toEqual([2_000, 3]);
  expect(life.saidOfRoom).toEqual(['s/a/d2000', 's/a/d2001', 's/a/d2002']);
});

test('metrics past the bound, and values that are too long together, are left out, counted and said', async () => {
  const held = new Held();
  const life = new Life(held, NO_FILES, [], 20_000);
  for (let i = 0; i < 250; i++) life.say(LAMP, `m${i}`, 1);
  for (let i = 0; i < 90; i++) life.say(TANK, `m${i}`, '\u0001'.repeat(256));
  await life.pass();
  expect(held.components(LAMP).length).toBeLessThan(200);
  expect(held.components(LAMP).length + life.announcer.leftOut).toBeGreaterThan(200);
  expect(life.saidOfRoom).toContain('m200 of home/house/lamp');
  expect(life.saidOfRoom).toContain('its values of lyon/tanks/tank-01');
  expect(held.retained.has(topics.latest(TANK))).toBe(false);
  for (const text of held.retained.values()) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
});

test('a bus that is being closed refuses, and that ends nothing', async () => {
  const held = new Held();
  held.publish = () => Promise.reject(new Error('closed'));
  const life = new Life(held);
  await life.pass(3);
  expect(life.announcer.size).toBe(1);
});
