// A million payloads that no device means, in every format: none is thrown over, each is acknowledged, what can be told of it is
// told, and the heap stays. In one process; `-- --seed <number>` lives a run again.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { encode } from 'cborg';
import { expect, it } from 'vitest';
import { createRandom, type Random } from '#domain/random.ts';
import { PAYLOAD_FORMATS } from '#runtime/payload-form.ts';
import { type DeviceModel, modelFile, modelOf } from '#runtime/plant-files.ts';
import { loneIngest } from '../../services/ingest/lone-ingest.ts';
import { OUR_MISTAKE } from '../../services/ingest/message.ts';
import { sourceOf } from '../../services/ingest/sources/testing.ts';
import { tahuEncode } from '../../services/ingest/sparkplug/test-tahu.ts';
import { SEED } from './profile.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const PAYLOADS = 1_000_000;
const GROWTH_BYTES_MAX = 32 * 1024 * 1024;
const NOW = 1_795_355_425_172;
const LIMITS = { devices: 2_000, metrics: 20_000 };

/** `value` names no metric on a device's own topic: it comes by a source, as what a source changes and unpacks does. */
const OWN_FORMATS = PAYLOAD_FORMATS.filter((format) => format !== 'value');
const MAPPED = ['value', 'mapped', 'inside'] as const;
const FORMATS = [...OWN_FORMATS, 'sparkplug', ...MAPPED] as const;
type OwnFormat = (typeof OWN_FORMATS)[number];
type Format = (typeof FORMATS)[number];

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const senml = [
  { bn: 'urn:dev:mac:0024befffe804ff1_', bt: 1_795_355_425, bu: 'Cel' },
  { n: 'a', v: 1.5 },
  { n: 'b', vb: true },
];
const lines = 'weather,station=roof temp=21.4,hum=47i,on=t,say="a b" 1795355425172000000\ncpu usage=1\n';

const SOURCES = [
  { topic: 'field/value/{metric}', format: 'value' },
  {
    ...{ topic: 'field/mapped', format: 'json', device: '{payload.id}', time: 'at', otherMetrics: 'keep' },
    metrics: { temp: { metric: 'temperature', unit: '[degF]' }, on: { values: { ON: true, OFF: false } }, rssi: null },
  },
  { topic: 'field/inside', format: 'csv', inside: { member: 'data', encoding: 'base64', time: 'at' } },
].map((source) => sourceOf({ site: 'lyon', area: 'field', device: 'foreign', ...source }));

/** Payloads that are right, from which the others are made. */
const RIGHT: { readonly [format in Format]: readonly Buffer[] } = {
  json: [
    json({ temperature: 81.2, running: true, ts: NOW, q: 1 }),
    json({ v: 1, b: 7, r: [{ n: 1, ts: NOW, m: { a: 1 }, q: { a: 1 } }] }),
    json({ a: { b: [1, { c: 'x' }] }, d: null }),
    gzipSync(json({ temperature: 81.2 })),
    zstdCompressSync(json({ temperature: 81.2 })),
  ],
  'senml-json': [json(senml), json([{ n: 'x', vs: 'on', t: -5 }])],
  'senml-cbor': [
    Buffer.from(
      encode([
        new Map<number, unknown>([
          [-2, 'urn:dev:ow:10e2073a01080063_'],
          [0, 'a'],
          [2, 1.5],
          [6, -3],
        ]),
      ]),
    ),
    Buffer.from(encode(senml)),
  ],
  'line-protocol': [Buffer.from(lines), Buffer.from('a,b=c\\ d e=1e5,f="x\\"y" 1\n')],
  csv: [Buffer.from('ts,a,b\n1795355425,1.5,on\n1795355426,,"x ""y"""\n')],
  sparkplug: [
    tahuEncode({
      timestamp: NOW,
      seq: 0,
      metrics: [
        { name: 'bdSeq', type: 'Int64', value: 0 },
        { name: 'Motor/Speed', alias: 1, type: 'Float', value: 12.5 },
        { name: 'mode', alias: 2, type: 'String', value: 'auto' },
      ],
    }),
    tahuEncode({ timestamp: NOW, seq: 1, metrics: [{ alias: 1, type: 'Float', value: 13, timestamp: NOW }] }),
  ],
  value: ['21.4', 'true', 'running', '"quoted"', 'nan', '-1.5e3'].map((text) => Buffer.from(text)),
  mapped: [json({ id: 'lamp-1', temp: 70.2, on: 'ON', rssi: -71, at: '2026-11-23T12:30:25Z', more: { a: [1, 'x'] } })],
  inside: [json({ data: Buffer.from('ts,a,b\n1795355425,1.5,on\n').toString('base64'), at: NOW })],
  binary: [Buffer.from([1, 0x0d, 0xac, 0x42, 0x28, 0, 0, 0x80, 0x41, 0x42, 0])],
};

const LAYOUTS = [
  {
    bytes: 11,
    first: { '0': 1 },
    fields: [
      { metric: 'a', at: 1, type: 'i16', scale: 0.01, none: -1 },
      { metric: 'b', at: 3, type: 'f32' },
      { metric: 'c', at: 7, type: 'flag', bit: 7 },
      { metric: 'd', at: 8, type: 'text', bytes: 3 },
    ],
  },
  { fields: [{ metric: 'e', at: 0, type: 'u8', values: { '0': 'shut', '1': 'open' } }] },
];

function modelFor(format: OwnFormat): DeviceModel {
  const layouts = format === 'binary' ? { layouts: LAYOUTS } : {};
  const metrics = { temperature: { unit: 'Cel', max: 150 }, a: { unit: 'Cel' }, running: { type: 'boolean' } };
  return modelOf(modelFile.parse({ model: format, metrics, unknownMetrics: 'admit', format, ...layouts }));
}

const isOwn = (format: Format): format is OwnFormat => OWN_FORMATS.some((each) => each === format);

const SPARKPLUG_TOPICS = ['NBIRTH', 'NDATA', 'NDEATH'].map((type) => `spBv1.0/lyon/${type}/line-1`);
SPARKPLUG_TOPICS.push(...['DBIRTH', 'DDATA', 'DDEATH'].map((type) => `spBv1.0/lyon/${type}/line-1/press`));

function topicFor(format: Format, random: Random): string {
  if (isOwn(format)) return `plant/v1/lyon/field/${format}/tele`;
  if (format === 'value') return 'field/value/level';
  if (format !== 'sparkplug') return `field/${format}`;
  return SPARKPLUG_TOPICS[Math.floor(random() * SPARKPLUG_TOPICS.length)] as string;
}

function damaged(random: Random, right: readonly Buffer[]): Buffer {
  const pick = (count: number) => Math.floor(random() * count);
  const from = right[pick(right.length)] as Buffer;
  const kind = random();
  if (kind < 0.1) return Buffer.from(Array.from({ length: pick(40) }, () => pick(256)));
  if (kind < 0.2) return from.subarray(0, pick(from.length + 1));
  if (kind < 0.3) return Buffer.concat([from, from.subarray(pick(from.length))]);
  const bytes = Buffer.from(from);
  for (let i = 0; i <= pick(4); i++) bytes[pick(bytes.length)] = kind < 0.6 ? pick(256) : 0x20 + pick(0x5f);
  return bytes;
}

it(`${PAYLOADS} payloads of every format (seed ${SEED})`, { timeout: 600_000 }, async () => {
  const random = createRandom(SEED);
  const device = (format: string) => ({ site: 'lyon', area: 'field', device: format });
  const counts = { points: 0, refused: 0, acked: 0 };
  const { ingest, registry, tick } = loneIngest({
    plant: {
      models: new Map(OWN_FORMATS.map((format) => [format, modelFor(format)])),
      devices: new Map(
        OWN_FORMATS.map((format) => [
          `lyon/field/${format}`,
          { ...device(format), model: format, role: null, labels: {} },
        ]),
      ),
      problems: [],
    },
    ...{ sources: SOURCES, limits: LIMITS, now: () => NOW },
    onPoints: (count) => {
      counts.points += count;
    },
    onRefusal: ({ message }) => {
      expect(message).not.toBe('');
      expect(message).not.toContain(OUR_MISTAKE);
      counts.refused++;
    },
  });
  const heap = () => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  let before = 0;
  for (let i = 0; i < PAYLOADS; i++) {
    const format = FORMATS[i % FORMATS.length] as Format;
    const payload = damaged(random, RIGHT[format]);
    try {
      const ack = () => counts.acked++;
      ingest.take({ topic: topicFor(format, random), payload, qos: 1, retained: false, ack });
    } catch (error) {
      throw new Error(`${format} payload ${i}, ${payload.toString('hex')}: ${error}`, { cause: error });
    }
    if (i % 1_000 === 999) {
      tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (i === PAYLOADS * 0.3) before = heap(); // names that are remembered are by then as many as may be
  }
  tick();
  await new Promise((resolve) => setImmediate(resolve));
  const after = heap();
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
  process.stdout.write(
    `${PAYLOADS} payloads: ${counts.points} points, ${counts.refused} refusals; heap ${megabytes(before)}, then ${megabytes(after)}\n`,
  );
  expect(counts.acked).toBe(PAYLOADS);
  expect(counts.points).toBeGreaterThan(PAYLOADS / 10);
  expect(counts.refused).toBeGreaterThan(PAYLOADS / 10);
  expect(registry.metrics).toBeLessThanOrEqual(LIMITS.metrics);
  expect(after - before).toBeLessThan(GROWTH_BYTES_MAX);
});
