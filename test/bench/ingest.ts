// What a payload costs on its way from its bytes to lines of a batch: decoded, checked against its device's model, encoded. One
// row for each format, over many devices, beside bare JSON.parse of the same payload (of the flat JSON that says the same,
// where the format is none). The broker is left out: batches are taken at once.

import { gzipSync } from 'node:zlib';
import { encode } from 'cborg';
import { type DeviceModel, modelFile, modelOf } from '#runtime/plant-files.ts';
import type { Ingest } from '../../services/ingest/ingest.ts';
import { loneIngest } from '../../services/ingest/lone-ingest.ts';
import { machineLine } from './machine.ts';
import { median } from './percentile.ts';

const DEVICES = 500;
const NOW = 1_795_355_425_172;
/** Each row is measured so often, by turns with its reference, and the median of each counts. */
const STRETCHES = 150;
/** Made at once, so that what waits to be measured does not fill the heap. */
const STRETCH = 2_000;
/** Until the code is compiled as well as it will be. */
const WARM_UP = 10;

/** What is read of results, so that nothing is left out for being useless. */
let sink = 0;

type Values = {
  readonly temperature: number;
  readonly level: number;
  readonly pressure: number;
  readonly running: boolean;
};
type Case = {
  readonly name: string;
  readonly model: Omit<Partial<DeviceModel>, 'metrics'>;
  readonly metrics: number;
  readonly encode: (values: Values, n: number) => Buffer;
};

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const flat = (values: Values, n: number) => json({ ...values, ts: NOW + n });

const CASES: readonly Case[] = [
  { name: 'flat JSON', model: {}, metrics: 4, encode: flat },
  {
    name: 'envelope, one record',
    model: {},
    metrics: 4,
    encode: (values, n) => json({ v: 1, b: 7, r: [{ n, ts: NOW + n, m: values }] }),
  },
  {
    name: 'nested JSON',
    model: { unknownMetrics: 'admit' },
    metrics: 4,
    encode: ({ temperature, level, pressure, running }, n) =>
      json({ ts: NOW + n, tank: { temperature, level }, pump: { pressure, running } }),
  },
  {
    name: 'SenML JSON',
    model: { format: 'senml-json' },
    metrics: 4,
    encode: ({ temperature, level, pressure, running }, n) =>
      json([
        { bt: (NOW + n) / 1_000, n: 'temperature', u: 'Cel', v: temperature },
        { n: 'level', u: 'm', v: level },
        { n: 'pressure', v: pressure },
        { n: 'running', vb: running },
      ]),
  },
  {
    name: 'SenML CBOR',
    model: { format: 'senml-cbor' },
    metrics: 4,
    encode: ({ temperature, level, pressure, running }, n) =>
      Buffer.from(
        encode([
          new Map<number, unknown>([
            [-3, (NOW + n) / 1_000],
            [0, 'temperature'],
            [1, 'Cel'],
            [2, temperature],
          ]),
          new Map<number, unknown>([
            [0, 'level'],
            [1, 'm'],
            [2, level],
          ]),
          new Map<number, unknown>([
            [0, 'pressure'],
            [2, pressure],
          ]),
          new Map<number, unknown>([
            [0, 'running'],
            [4, running],
          ]),
        ]),
      ),
  },
  {
    name: 'line protocol',
    model: { format: 'line-protocol', unknownMetrics: 'admit' },
    metrics: 4,
    encode: ({ temperature, level, pressure, running }, n) =>
      Buffer.from(
        `tank temperature=${temperature},level=${level},pressure=${pressure},running=${running} ${NOW + n}000000`,
      ),
  },
  {
    name: 'CSV',
    model: { format: 'csv', csv: { columns: ['ts', 'temperature', 'level', 'pressure', 'running'], separator: ',' } },
    metrics: 4,
    encode: ({ temperature, level, pressure, running }, n) =>
      Buffer.from(`${NOW + n},${temperature},${level},${pressure},${running}`),
  },
  {
    name: 'binary layout',
    model: {
      format: 'binary',
      layouts: [
        {
          endian: 'big',
          fields: [
            { metric: 'temperature', at: 0, type: 'i16', scale: 0.01 },
            { metric: 'level', at: 2, type: 'u16', scale: 0.001 },
            { metric: 'pressure', at: 4, type: 'f32' },
            { metric: 'running', at: 8, type: 'flag', bit: 0 },
          ],
        },
      ],
    },
    metrics: 4,
    encode: ({ temperature, level, pressure, running }) => {
      const bytes = Buffer.alloc(9);
      bytes.writeInt16BE(Math.round(temperature * 100), 0);
      bytes.writeUInt16BE(Math.round(level * 1_000), 2);
      bytes.writeFloatBE(pressure, 4);
      bytes[8] = Number(running);
      return bytes;
    },
  },
  { name: 'flat JSON, gzip', model: {}, metrics: 4, encode: (values, n) => gzipSync(flat(values, n)) },
];

const BASE = {
  model: 'tank',
  metrics: {
    temperature: { type: 'number', unit: 'Cel', min: -20, max: 150 },
    level: { type: 'number', unit: 'm', min: 0, max: 10 },
    pressure: { type: 'number', unit: 'bar', min: 0, max: 20 },
    running: { type: 'boolean' },
  },
} as const;

function valuesOf(n: number): Values {
  const wave = Math.sin(n / 50);
  return {
    temperature: Math.round((60 + 20 * wave) * 100) / 100,
    level: Math.round((5 + 3 * wave) * 1_000) / 1_000,
    pressure: Math.round((3 + wave) * 1_000) / 1_000,
    running: n % 7 !== 0,
  };
}

function openIngest(model: Case['model']): { ingest: Ingest; counts: { points: number; refused: number } } {
  const whole = modelOf(modelFile.parse({ ...BASE, ...model }));
  const devices = Array.from({ length: DEVICES }, (_, i) => nameOf(i)).map(
    (name) => [`${name.site}/${name.area}/${name.device}`, { ...name, model: 'tank', role: null, labels: {} }] as const,
  );
  const counts = { points: 0, refused: 0 };
  const { ingest } = loneIngest({
    plant: { models: new Map([['tank', whole]]), devices: new Map(devices), problems: [] },
    now: () => NOW + STRETCHES * STRETCH,
    onLines: (lines) => {
      sink += lines.length;
    },
    onPoints: (count) => {
      counts.points += count;
    },
    onRefusal: () => counts.refused++,
  });
  return { ingest, counts };
}

function nameOf(i: number) {
  return { site: 'lyon', area: `a${i % 8}`, device: `tank-${i}` };
}

type Message = { readonly topic: string; readonly payload: Buffer };

function messagesOf(encodeOne: Case['encode'], from: number): Message[] {
  const topics = Array.from({ length: DEVICES }, (_, i) => {
    const { site, area, device } = nameOf(i);
    return `plant/v1/${site}/${area}/${device}/tele`;
  });
  return Array.from({ length: STRETCH }, (_, i) => {
    const n = from + i;
    // As the consumer gives it: a new string for every message.
    return { topic: Buffer.from(topics[i % DEVICES] ?? '').toString(), payload: encodeOne(valuesOf(n), n) };
  });
}

const ack = () => {};

async function ingestSeconds(ingest: Ingest, messages: readonly Message[]): Promise<number> {
  const from = performance.now() / 1_000;
  for (const [i, { topic, payload }] of messages.entries()) {
    ingest.take({ topic, payload, qos: 1, retained: false, ack });
    // As many as one read of the socket brings.
    if (i % 100 === 99) await Promise.resolve();
  }
  await new Promise((resolve) => setImmediate(resolve));
  return performance.now() / 1_000 - from;
}

function parseSeconds(messages: readonly Message[]): number {
  const from = performance.now() / 1_000;
  for (const { payload } of messages) sink += JSON.parse(payload.toString('utf8')).temperature;
  return performance.now() / 1_000 - from;
}

console.log(`${machineLine()}; ${DEVICES} devices, four metrics a payload`);
console.log(
  `\n${''.padEnd(24)}${['payloads/s', 'metrics/s', 'µs', 'JSON.parse, µs', 'ratio'].map((each) => each.padStart(16)).join('')}`,
);
for (const each of CASES) {
  const { ingest, counts } = openIngest(each.model);
  const spent: { ingest: number[]; parse: number[] } = { ingest: [], parse: [] };
  for (let n = 0; n < STRETCHES * STRETCH; n += STRETCH) {
    spent.parse.push(parseSeconds(messagesOf(flat, n)));
    spent.ingest.push(await ingestSeconds(ingest, messagesOf(each.encode, n)));
  }
  const typical = { ingest: median(spent.ingest.slice(WARM_UP)), parse: median(spent.parse.slice(WARM_UP)) };
  const expected = STRETCHES * STRETCH * each.metrics;
  if (counts.points !== expected || counts.refused > 0) {
    throw new Error(`${each.name}: ${counts.points} points of ${expected}, ${counts.refused} refused`);
  }
  const cells = [
    Math.round(STRETCH / typical.ingest).toLocaleString('en'),
    Math.round((STRETCH * each.metrics) / typical.ingest).toLocaleString('en'),
    ((typical.ingest / STRETCH) * 1e6).toFixed(2),
    ((typical.parse / STRETCH) * 1e6).toFixed(2),
    (typical.ingest / typical.parse).toFixed(2),
  ];
  console.log(`${each.name.padEnd(24)}${cells.map((cell) => cell.padStart(16)).join('')}`);
}
if (sink === 0) throw new Error('nothing was parsed');
