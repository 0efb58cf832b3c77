import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import { filters, topics } from '#domain/topic.ts';
import type { Consumer } from '#runtime/bus.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import type { PlantFiles } from '#runtime/plant-files.ts';
import type { Rejection } from '#runtime/rejected-log/rejection.ts';
import type { DeviceRegistry } from './devices/registry.ts';
import { modelNamed, TANK, testRegistry } from './devices/testing.ts';
import { Ingest, type IngestParts } from './ingest.ts';
import { Batcher } from './lines/batcher.ts';
import { OUR_MISTAKE } from './message.ts';
import type { RawMetric } from './record.ts';
import { Sequences } from './sequences/sequences.ts';
import type { Match, Source } from './sources/source.ts';
import { sourceOf } from './sources/testing.ts';

const NOW = 1_795_355_425_172;
const files: PlantFiles = {
  models: new Map([['tank-sensor', modelNamed('tank-sensor', { temperature: { type: 'number', max: 150 } })]]),
  devices: new Map([
    [
      'lyon/tanks/tank-01',
      { site: 'lyon', area: 'tanks', device: 'tank-01', model: 'tank-sensor', role: null, labels: {} },
    ],
  ]),
  problems: [],
};

/** Publishes through a gate: what ingest sends is taken by the broker, and by the disk, only when the test opens it. */
class GatedBus extends MemoryBus {
  isOpen = true;
  readonly kept: Rejection[] = [];
  readonly #waiting: (() => void)[] = [];

  override async publish(...args: Parameters<MemoryBus['publish']>): Promise<void> {
    if (args[0].startsWith('points/')) await this.#gate();
    await super.publish(...args);
  }

  async keep(rejection: Rejection): Promise<void> {
    await this.#gate();
    this.kept.push(rejection);
  }

  writeDown(done: () => void): void {
    void this.#gate().then(done);
  }

  async #gate(): Promise<void> {
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets one through. */
  pass(): void {
    this.#waiting.shift()?.();
  }
}

type Plant = {
  readonly bus: GatedBus;
  readonly registry: DeviceRegistry;
  readonly consumer: Consumer;
  readonly counts: { points: number; repeats: number; refusals: number };
  readonly points: () => Point[];
  readonly rejected: () => Rejection[];
};

function openPlant({
  sources = [],
  bus = new GatedBus(),
  onMistake = (error) => expect.fail(String(error)),
  ...told
}: Pick<IngestParts, 'onSure' | 'isEcho'> & {
  sources?: readonly Source[];
  bus?: GatedBus;
  onMistake?: (error: unknown) => void;
} = {}): Plant {
  const registry = testRegistry(files);
  const counts = { points: 0, repeats: 0, refusals: 0 };
  const publish = (topic: string, payload: Buffer) => bus.publish(topic, payload);
  const ingest = new Ingest({
    registry,
    sources,
    batcher: new Batcher({ publish, bytesMax: () => 262_144, slots: 4 }),
    sequences: new Sequences(),
    afterWrite: (done) => bus.writeDown(done),
    reject: (rejection) => bus.keep(rejection),
    now: () => NOW,
    payloadBytesMax: 4_096,
    onPoints: (count) => {
      counts.points += count;
    },
    onRepeats: (count) => {
      counts.repeats += count;
    },
    onRefusal: () => counts.refusals++,
    onMistake,
    ...told,
  });
  const channels = (['tele', 'event', 'status', 'meta'] as const).map(filters.channel);
  const consumer = bus.consume({
    clientId: 'ingest',
    filters: [...channels, ...sources.map((source) => source.filter)],
    cleanSession: false,
    onDelivery: (delivery) => ingest.take(delivery),
  });
  const points = () => {
    const found: Point[] = [];
    const table = new SeriesTable();
    for (const { topic, payload } of bus.sent) {
      if (!topic.startsWith('points/')) continue;
      decodeBatch(
        payload.toString(),
        table,
        (point) => {
          expect(topic).toBe(`points/v1/${point.series.shard}`);
          found.push(point);
        },
        ({ reason }) => expect.fail(reason),
      );
    }
    return found;
  };
  const rejected = () => bus.kept;
  return { bus, registry, consumer, counts, points, rejected };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const TELE = 'plant/v1/lyon/tanks/tank-01/tele';
const anything = sourceOf({ topic: '{a}/{b}/{c}', format: 'json', site: 's', area: 'a', device: 'd' });

test('a value becomes a point of its area', async () => {
  const plant = openPlant();
  await plant.bus.publish(TELE, '{"temperature": 81.2}');
  await settled();
  expect(plant.points()).toMatchObject([
    { series: { site: 'lyon', area: 'tanks', device: 'tank-01', metric: 'temperature' }, value: 81.2, measuredAt: NOW },
  ]);
  expect(plant.consumer.inFlight).toBe(0);
});

test('a message is acknowledged when the broker has every batch of it and the disk what was refused, and not before', async () => {
  const plant = openPlant();
  plant.bus.isOpen = false;
  await plant.bus.publish(TELE, '{"temperature": 81.2, "pressure": 3}');
  await settled();
  expect(plant.bus.waiting).toBe(2);
  expect(plant.consumer.inFlight).toBe(1);
  plant.bus.pass();
  await settled();
  expect(plant.consumer.inFlight).toBe(1);
  plant.bus.pass();
  await settled();
  expect(plant.consumer.inFlight).toBe(0);
});

test('a record that has a number is acknowledged when it is written down, and that only when the broker has it', async () => {
  const plant = openPlant();
  plant.bus.isOpen = false;
  await plant.bus.publish(TELE, JSON.stringify({ v: 1, b: 3, r: [{ n: 1, ts: NOW, m: { temperature: 1 } }] }));
  await settled();
  for (const step of ['the broker', 'the disk']) {
    expect([plant.bus.waiting, plant.consumer.inFlight], step).toEqual([1, 1]);
    plant.bus.pass();
    await settled();
  }
  expect([plant.bus.waiting, plant.consumer.inFlight]).toEqual([0, 0]);
});

test('one bad metric does not cost the good ones, and is rejected with its reason', async () => {
  const plant = openPlant();
  await plant.bus.publish(TELE, '{"temprature": 1, "temperature": 81.2}');
  await settled();
  expect(plant.points().map((point) => point.value)).toEqual([81.2]);
  const message = "model tank-sensor of tank-01 has no metric 'temprature'; did you mean 'temperature'?";
  expect(plant.rejected()).toEqual([
    {
      refusals: [{ reason: 'metric', message, place: 'temprature' }],
      topic: TELE,
      payload: Buffer.from('{"temprature": 1, "temperature": 81.2}'),
      payloadBytes: 38,
      retained: false,
      receivedAt: NOW,
    },
  ]);
  expect(plant.registry.takeChanges(NOW)).toMatchObject([{ lastSeen: NOW, lastError: { reason: 'metric' } }]);
});

test('a payload of thousands of bad metrics is kept once, with a few sentences that say how many', async () => {
  const plant = openPlant();
  const bad = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`x${i}`, i]));
  await plant.bus.publish(TELE, JSON.stringify(bad));
  await settled();
  expect(plant.counts.refusals).toBe(300);
  expect(plant.rejected()).toHaveLength(1);
  const refusals = plant.rejected()[0]?.refusals ?? [];
  expect(refusals).toHaveLength(16);
  expect(refusals.at(-1)?.message).toMatch(/has no metric 'x15'.*; and 284 more in this message$/);
  expect(plant.consumer.inFlight).toBe(0);
});

test.each([
  ['a large payload', 'tele', Buffer.alloc(10_000, 'é'), 'size'],
  ['bytes that are no text', 'tele', Buffer.alloc(4_000, 0xff), 'encoding'],
  ['a large birth', 'meta', Buffer.from(JSON.stringify({ labels: { a: 'x'.repeat(5_000) } })), 'size'],
])('%s is rejected, whole', async (_, channel, payload, reason) => {
  const plant = openPlant();
  await plant.bus.publish(TELE.replace('tele', channel), payload);
  await settled();
  expect(plant.rejected()).toMatchObject([{ payload, payloadBytes: payload.length, refusals: [{ reason }] }]);
});

test('a record that comes again is dropped, once the broker has the first', async () => {
  const plant = openPlant();
  const envelope = (n: number) => JSON.stringify({ v: 1, b: 3, r: [{ n, ts: NOW, m: { temperature: n } }] });
  await plant.bus.publish(TELE, envelope(1));
  await settled();
  await plant.bus.publish(TELE, envelope(1));
  await plant.bus.publish(TELE, envelope(2));
  await settled();
  expect(plant.points().map((point) => point.value)).toEqual([1, 2]);
  expect(plant.counts.repeats).toBe(1);
  expect(plant.consumer.inFlight).toBe(0);
});

test('values without a time that come within one millisecond have a moment each, in their order', async () => {
  const { bus, points } = openPlant();
  const values = Array.from({ length: 50 }, (_, i) => i);
  for (const value of values) await bus.publish(TELE, JSON.stringify({ temperature: value }));
  for (let i = 0; i < 60; i++) {
    bus.pass();
    await settled();
  }
  const got = points();
  expect(got.map(({ value }) => value)).toEqual(values);
  expect(new Set(got.map(({ measuredAt }) => measuredAt)).size).toBe(values.length);
  expect(got[0]?.measuredAt).toBe(NOW);
  expect(got.at(-1)?.measuredAt).toBe(NOW + 49);
});

test('a record of which a part was refused is taken again, so that it can be replayed once that is mended', async () => {
  const plant = openPlant();
  const records = [
    { n: 1, ts: NOW, m: { temperature: 1, temprature: 1 } },
    { n: 2, ts: NOW, m: { temperature: 2, note: 'x'.repeat(257) } },
    { n: 3, ts: NOW, m: { temperature: 3 } },
  ];
  for (let i = 0; i < 2; i++) {
    await plant.bus.publish(TELE, JSON.stringify({ v: 1, b: 3, r: records }));
    await settled();
  }
  expect(plant.points().map((point) => point.value)).toEqual([1, 2, 3, 1, 2]);
  expect(plant.rejected()).toHaveLength(2);
  expect(plant.counts.repeats).toBe(1);
});

test('a record redelivered while its first batch is under way is not acknowledged on the strength of that batch', async () => {
  const plant = openPlant();
  plant.bus.isOpen = false;
  const envelope = JSON.stringify({ v: 1, b: 3, r: [{ n: 1, ts: NOW, m: { temperature: 1 } }] });
  await plant.bus.publish(TELE, envelope);
  await settled();
  await plant.bus.publish(TELE, envelope);
  await settled();
  expect(plant.consumer.inFlight).toBe(2);
});

test('records without a usable time keep apart: none overwrites another in the store', async () => {
  const plant = openPlant();
  const records = Array.from({ length: 20 }, (_, n) => ({ n, m: { temperature: n } }));
  await plant.bus.publish(TELE, JSON.stringify({ v: 1, b: 3, r: records }));
  await settled();
  const times = plant.points().map((point) => point.measuredAt);
  expect(times).toEqual(Array.from({ length: 20 }, (_, i) => NOW - 19 + i));
});

test.each([
  ['status', '{"s":"online","fw":"1.4.0"}', { online: true, firmware: '1.4.0' }],
  ['status', '{"s":"offline"}', { online: false }],
  [
    'meta',
    '{"model":"pump","role":"feed","labels":{"line":"a"}}',
    { model: 'pump', role: 'feed', labels: { line: 'a' } },
  ],
])('%s %s reaches the registry', async (channel, payload, view) => {
  const plant = openPlant();
  plant.registry.takeChanges(NOW);
  await plant.bus.publish(`plant/v1/lyon/tanks/new/${channel}`, payload);
  await settled();
  expect(plant.rejected()).toEqual([]);
  expect(plant.registry.takeChanges(NOW)).toMatchObject([{ device: 'new', ...view }]);
});

test.each([
  ['status', '{"s":"on"}', 'shape', `'s' of status must be "online" or "offline"`],
  ['status', '[]', 'shape', 'status must be a JSON object'],
  ['status', '', undefined, ''],
  ['meta', '{"model":"a/b"}', 'shape', "'model' of meta must be a valid name"],
  ['meta', '{"role":5}', 'shape', "'role' of meta must be a valid name"],
  [
    'meta',
    '{"labels":{"__proto__":"x"}}',
    'shape',
    "'labels' of meta must map names to texts of at most 128 characters",
  ],
  ['meta', '{"labels":{"a":""}}', 'shape', "'labels' of meta must map names to texts of at most 128 characters"],
  ['meta', 'x', 'json', 'the payload is not valid JSON: invalid symbol at character 1'],
])('%s %s is refused with %s', async (channel, payload, reason, message) => {
  const plant = openPlant();
  await plant.bus.publish(`plant/v1/lyon/tanks/new/${channel}`, payload);
  await settled();
  expect(plant.rejected().flatMap(({ refusals }) => refusals)).toEqual(
    reason === undefined ? [] : [{ reason, message, ...(reason === 'json' ? { place: 'character 1' } : {}) }],
  );
  expect(plant.consumer.inFlight).toBe(0);
});

test.each([
  'plant/v1/ly on/tanks/tank-01/tele',
  'plant/v1/lyon/tanks/__proto__/tele',
  'plant/v1/lyon/tanks/a,site=x/tele',
  'plant/v1/lyon//tank-01/tele',
  'plant/v1/../tanks/tank-01/tele',
])('a name that is none is refused: %s', async (topic) => {
  const plant = openPlant();
  await plant.bus.publish(topic, '{"a":1}');
  await settled();
  expect(plant.points()).toEqual([]);
  expect(plant.rejected()).toMatchObject([{ topic, refusals: [{ reason: 'topic' }] }]);
});

test('a value that is published to be retained is news to who listens already', async () => {
  const plant = openPlant();
  await plant.bus.publish(TELE, '{"temperature": 5}', { retain: true });
  await settled();
  expect(plant.points()).toHaveLength(1);
});

test.each([
  ['without a time of its own it is kept and never alarmed on', '{"temperature": 95}', { late: true, measuredAt: NOW }],
  ['its own time still counts', `{"temperature": 95, "ts": ${NOW - 7}}`, { late: false, measuredAt: NOW - 7 }],
])('what the broker sends because it was retained is no news: %s', async (_, payload, expected) => {
  const bus = new GatedBus();
  await bus.publish(TELE, payload, { retain: true });
  const plant = openPlant({ bus });
  await settled();
  expect(plant.points()).toMatchObject([expected]);
  expect(plant.registry.takeChanges(NOW)).toMatchObject([{ device: 'tank-01', lastSeen: null }]);
});

test('a source whose pattern is too wide does not make ingest read its own output', async () => {
  const plant = openPlant({ sources: [anything] });
  await plant.bus.publish('points/v1/5', 'reading,area=a value=1 1');
  await plant.bus.publish('rejected/v1/json', '{"reason":"json","payloadBytes":5}');
  await plant.bus.publish('latest/v1/lyon/tanks/tank-01', '{"temperature":{"value":1}}');
  await settled();
  expect(plant.bus.sent).toHaveLength(3);
  expect(plant.consumer.inFlight).toBe(0);
});

test('what announces a device to Home Assistant is read by no source, however wide its pattern is', async () => {
  const wide = sourceOf({ topic: '{a}/{b}/{device}/{c}', format: 'json', site: 's', area: 'a' });
  const plant = openPlant({ sources: [wide] });
  await plant.bus.publish(topics.announcement('homeassistant', TANK), '{"origin":{"name":"Penstock"}}');
  await plant.bus.publish('homeassistant/device/0x00158d/config', '{"origin":{"name":"somebody"}}');
  await settled();
  expect(plant.points().map(({ series }) => series.device)).toEqual(['0x00158d']);
});

test('what comes back from Home Assistant, and the devices of a source that says so, are not announced', async () => {
  const map = { format: 'value', site: 's', area: 'a' };
  const sources = [
    sourceOf({ ...map, topic: '{a}/{device}/{metric}/state' }),
    sourceOf({ ...map, topic: 'zigbee/{device}/{metric}', announce: false }),
    sourceOf({ ...map, topic: 'gateway/{metric}', format: 'json', device: '{payload.id}', announce: false }),
  ];
  const plant = openPlant({ sources, isEcho: (topic) => topic.startsWith('homeassistant/') });
  await plant.bus.publish('homeassistant/echo/m/state', '1');
  await plant.bus.publish('elsewhere/real/m/state', '1');
  await plant.bus.publish('zigbee/lamp/power', '1');
  await plant.bus.publish('gateway/x', '{"id": "child", "power": 1}');
  await settled();
  const announced = ['echo', 'real', 'lamp', 'child'].map(
    (device) => plant.registry.known({ site: 's', area: 'a', device })?.isAnnounced,
  );
  expect(announced).toEqual([false, true, false, false]);
});

test('who wants to know of points is told when the broker has them, with the moment they came', async () => {
  const sure: unknown[] = [];
  const plant = openPlant({
    onSure: (points, now) => sure.push(...points.map(({ value, late }) => ({ value, late, now }))),
  });
  plant.bus.isOpen = false;
  await plant.bus.publish(TELE, '{"temperature": 81.2}');
  await settled();
  expect(sure).toEqual([]);
  plant.bus.pass();
  await settled();
  expect(sure).toEqual([{ value: 81.2, late: false, now: NOW }]);
});

test('a source maps a foreign topic, with its renames', async () => {
  const source = sourceOf({
    topic: 'home/{a}/{b}',
    format: 'json',
    site: 's',
    area: 'a',
    device: 'd',
    metrics: { a: 'renamed', b: null },
  });
  const plant = openPlant({ sources: [source] });
  await plant.bus.publish('home/kitchen/x', '{"a":1,"b":2}');
  await settled();
  expect(plant.points()).toMatchObject([{ series: { site: 's', metric: 'renamed' }, value: 1 }]);
});

test('a mistake of ours costs its message, which is kept, and what comes after is taken', async () => {
  const mistakes: unknown[] = [];
  const source = sourceOf({ topic: 'home/{a}/{b}', format: 'json', site: 's', area: 'a', device: 'd' });
  const telling = source.telling.kind === 'values' ? source.telling : expect.fail('it tells values');
  const map = (raw: RawMetric) => {
    if (raw.metric === 'bad') throw new Error('oops');
    return raw;
  };
  const broken: Source = { ...source, telling: { ...telling, reading: { ...telling.reading, map } } };
  const mistaken: Source = { ...broken, match: (topic) => ({ ...(source.match(topic) as Match), source: mistaken }) };
  const plant = openPlant({ sources: [mistaken], onMistake: (error) => mistakes.push(error) });
  await plant.bus.publish('home/kitchen/x', '{"good":1,"bad":2}');
  await plant.bus.publish('home/kitchen/x', '{"good":3}');
  await settled();
  expect(plant.points().map(({ value }) => value)).toEqual([3]);
  expect(plant.rejected().flatMap(({ refusals }) => refusals)).toMatchObject([
    { reason: 'shape', message: `reading it failed: oops; ${OUR_MISTAKE}` },
  ]);
  expect(mistakes).toMatchObject([{ message: 'oops' }]);
  expect(plant.consumer.inFlight).toBe(0);
});

test('100,000 payloads of any kind: none throws, every one is acknowledged', async () => {
  const plant = openPlant();
  const json = fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text));
  const near = fc
    .tuple(
      fc.constantFrom('{"v":1,"b":1,"r":[{"n":1,"m":{"a":1}}]}', '{"temperature":81.2,"ts":5}'),
      fc.nat(),
      fc.nat(255),
    )
    .map(([text, at, byte]) => {
      const bytes = Buffer.from(text);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
  const bytes = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each));
  const payload = fc.oneof(json, near, bytes);
  const channel = fc.constantFrom('tele', 'event', 'status', 'meta');
  // Sampled once and used in every combination: the generator costs more than what is tested.
  const payloads = fc.sample(payload, { numRuns: 12_500, seed: 7 });
  const channels = fc.sample(channel, { numRuns: 8, seed: 7 });
  for (const each of channels) {
    for (const [i, body] of payloads.entries()) {
      await plant.bus.publish(`plant/v1/lyon/tanks/d${i % 50}/${each}`, body);
    }
    await settled();
    plant.bus.sent.length = 0;
  }
  expect(plant.consumer.inFlight).toBe(0);
  expect(plant.counts.points).toBeGreaterThan(1_000);
  expect(plant.counts.refusals).toBeGreaterThan(1_000);
  expect(Object.keys({})).toEqual([]);
}, 60_000);
