// What thinning saves and what it costs: a plant of 40 series of each shape, a sample a second. Of each shape the points kept, the
// greatest error found beside the one allowed, and CPU per point of the thinning beside that of batches that are not thinned
// (which are not looked into) and of reading a batch alone. Then the same lines in two historians, whole and thinned: bytes on the
// disk and CPU. Last, what a checkpoint costs with as many series as there may be. `npm run bench -- thinning --hours 2`.

import { parseArgs } from 'node:util';
import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import { createRandom, type Random } from '#domain/random.ts';
import { makeSeries, type Series } from '#domain/series.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import { writerSection } from '../../services/writer/config.ts';
import { type Plan, Thinner } from '../../services/writer/thinning/thinner.ts';
import { threadCpuSeconds } from './cpu-seconds.ts';
import { Store } from './historian/store.ts';
import { machineLine } from './machine.ts';

const { values: args } = parseArgs({
  args: process.argv.slice(3),
  options: { hours: { type: 'string', default: '2' } },
});
const SECONDS = Number(args.hours) * 3_600;
const DEVICES = 40;
const START = 1_795_355_425_000;
/** By turns, and the fastest of each counts. */
const ROUNDS = 5;
/** Lines in a request to a store, about as the writer sends them. */
const BATCHES_PER_REQUEST = 60;
/** Of a store: as little as there can be, so that nearly all is in its final form in the end; what is not is left out. */
const MEMORY_BYTES = 4_000_000;
const EVERY_MS = 600_000;
const WITHIN = 0.5;

const door: Thinning = { kind: 'swingingDoor', within: WITHIN, atLeastEveryMs: EVERY_MS };
const band: Thinning = { kind: 'deadband', within: WITHIN, atLeastEveryMs: EVERY_MS };
const changes: Thinning = { kind: 'changes', within: 0, atLeastEveryMs: EVERY_MS };

/** A value for each second from now on. */
type Shape = (random: Random) => (second: number) => number | boolean;
const noise = (random: Random) => (random() + random() + random() - 1.5) * 0.25;

const SHAPES: Readonly<Record<string, readonly [Shape, Thinning]>> = {
  'noise, door': [(random) => () => 50 + noise(random), door],
  'noise, deadband': [(random) => () => 50 + noise(random), band],
  'noisy ramps, door': [(random) => (second) => Math.abs((second % 1_800) - 900) / 10 + noise(random), door],
  'noisy ramps, deadband': [(random) => (second) => Math.abs((second % 1_800) - 900) / 10 + noise(random), band],
  'steps, deadband': [
    (random) => {
      let value = 20;
      return () => {
        if (random() < 1 / 300) value = 10 + Math.floor(random() * 40);
        return value;
      };
    },
    band,
  ],
  'random walk, door': [
    (random) => {
      let value = 50;
      return () => {
        value += noise(random);
        return value;
      };
    },
    door,
  ],
  'booleans, changes': [
    (random) => {
      let value = false;
      return () => {
        if (random() < 1 / 120) value = !value;
        return value;
      };
    },
    changes,
  ],
};

type Area = {
  readonly name: string;
  readonly thinning: Thinning;
  readonly series: readonly Series[];
  /** By second, then series. */
  readonly values: readonly (readonly (number | boolean)[])[];
  readonly batches: readonly Buffer[];
  readonly shard: number;
};

function areaOf([name, [shape, thinning]]: [string, readonly [Shape, Thinning]], index: number): Area {
  const series = Array.from({ length: DEVICES }, (_, i) =>
    makeSeries({ site: 'lyon', area: `area-${index}`, device: `device-${i}`, metric: 'measured' }),
  );
  const next = series.map((_, i) => shape(createRandom(index * 1_000 + i)));
  const values = Array.from({ length: SECONDS }, (_, second) =>
    next.map((each) => {
      const value = each(second);
      return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
    }),
  );
  const batches = values.map((row, second) => {
    const field = (value: number | boolean) => (typeof value === 'number' ? `value=${value}` : `flag=${value}`);
    const lines = row.map((value, i) => `${series[i]?.key} ${field(value)} ${START + second * 1_000}`);
    return Buffer.from(lines.join('\n'));
  });
  return { name, thinning, series, values, batches, shard: series[0]?.shard ?? 0 };
}

function planOf({ site, area, device }: Series, thinning: Thinning) {
  return { site, area, device, model: 'bench', metrics: { measured: thinning } } satisfies Plan;
}

type Pass = (second: number, payload: Buffer) => Buffer;

function passOf(area: Area, isThinned: boolean): { pass: Pass; end: () => Buffer } {
  const { shard, series, thinning } = area;
  const thinner = new Thinner({ onDropped: () => {} });
  const note = (kind: 'plan' | 'tick', receivedAt: number, payload: Buffer) =>
    thinner.pass({ kind, shard, receivedAt, payload });
  if (isThinned) for (const each of series) note('plan', START, Buffer.from(JSON.stringify(planOf(each, thinning))));
  return {
    pass: (second, payload) => thinner.pass({ kind: 'points', shard, receivedAt: START + second * 1_000, payload }),
    end: () => note('tick', Number.POSITIVE_INFINITY, Buffer.alloc(0)),
  };
}

/** µs per point. */
function cost({ batches }: Area, pass: Pass, times = 1): number {
  const from = threadCpuSeconds();
  for (let i = 0; i < times; i++) for (const [second, payload] of batches.entries()) pass(second, payload);
  return ((threadCpuSeconds() - from) * 1e6) / (batches.length * DEVICES * times);
}

/** What is kept, by series. */
function keptOf(payloads: readonly Buffer[], area: Area): ReadonlyMap<string, readonly number[]> {
  const table = new SeriesTable();
  const kept = new Map(area.series.map(({ key }) => [key, [] as number[]]));
  for (const payload of payloads)
    decodeBatch(
      payload.toString(),
      table,
      ({ series, measuredAt }) => kept.get(series.key)?.push((measuredAt - START) / 1_000),
      ({ reason }) => {
        throw new Error(reason);
      },
    );
  return kept;
}

/** The furthest that what is kept is from what was dropped. */
function greatestError(area: Area, kept: ReadonlyMap<string, readonly number[]>): number {
  let greatest = 0;
  for (const [i, { key }] of area.series.entries()) {
    const seconds = kept.get(key) ?? [];
    if (seconds[0] !== 0 || seconds.at(-1) !== SECONDS - 1)
      throw new Error(`${area.name}: an end of ${key} is missing`);
    for (const [n, from] of seconds.entries()) {
      const to = seconds[n + 1] ?? from;
      const at = (second: number) => Number(area.values[second]?.[i]);
      const rise = area.thinning.kind === 'swingingDoor' ? (at(to) - at(from)) / (to - from) : 0;
      for (let second = from + 1; second < to; second++)
        greatest = Math.max(greatest, Math.abs(at(from) + rise * (second - from) - at(second)));
    }
  }
  return greatest;
}

type Stored = { readonly points: number; readonly bytesPerPoint: number; readonly cpu: number };

/** In a historian of its own, which nothing else was in before. */
async function stored(requests: readonly Buffer[], held: number): Promise<Stored> {
  await using store = await Store.start('historian', { PENSTOCK_HISTORIAN_MEMORY_BYTES: String(MEMORY_BYTES) });
  using client = store.client();
  await store.createDatabase('plant');
  const before = store.cpuSeconds();
  for (const each of requests) await client.write('plant', each);
  await store.settled();
  const { all, log } = store.diskBytes();
  const bytesPerPoint = (all - log) / (held - (await store.unsealed()));
  return { points: held, bytesPerPoint, cpu: store.cpuSeconds() - before };
}

function requestsOf(payloads: readonly Buffer[]): Buffer[] {
  const requests: Buffer[] = [];
  for (let i = 0; i < payloads.length; i += BATCHES_PER_REQUEST) {
    const some = payloads.slice(i, i + BATCHES_PER_REQUEST).filter(({ length }) => length > 0);
    if (some.length > 0) requests.push(Buffer.from(some.map(String).join('\n')));
  }
  return requests;
}

const line = (label: string, cells: readonly (string | number)[]) =>
  console.log(label.padEnd(24) + cells.map((cell) => String(cell).padStart(13)).join(''));

console.log(`${machineLine()}; ${DEVICES} series of each shape, ${SECONDS} samples each, one a second\n`);
line('', ['kept', 'of', 'share', 'error', 'allowed', 'µs thinned', 'µs whole', 'µs read only']);
const areas = Object.entries(SHAPES).map(areaOf);
const bodies = { whole: [] as Buffer[], thinned: [] as Buffer[] };
let [thinningUs, points, keptPoints] = [0, 0, 0];
for (const area of areas) {
  const best = { thinned: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY, read: Number.POSITIVE_INFINITY };
  const table = new SeriesTable();
  for (let round = 0; round < ROUNDS; round++) {
    best.whole = Math.min(best.whole, cost(area, passOf(area, false).pass, 300));
    best.thinned = Math.min(best.thinned, cost(area, passOf(area, true).pass));
    const read: Pass = (_, payload) => {
      decodeBatch(
        payload.toString(),
        table,
        () => {},
        () => {},
      );
      return payload;
    };
    best.read = Math.min(best.read, cost(area, read));
  }
  const { pass, end } = passOf(area, true);
  const out = [...area.batches.map((payload, second) => pass(second, payload)), end()];
  const kept = keptOf(out, area);
  const count = [...kept.values()].reduce((sum, { length }) => sum + length, 0);
  const error = greatestError(area, kept);
  if (error > area.thinning.within + 1e-9) throw new Error(`${area.name} is off by ${error}`);
  const total = SECONDS * DEVICES;
  const cpu = [best.thinned, best.whole, best.read].map((us) => us.toFixed(4));
  line(area.name, [count, total, (count / total).toFixed(4), error.toFixed(3), area.thinning.within, ...cpu]);
  bodies.whole.push(...requestsOf(area.batches));
  bodies.thinned.push(...requestsOf(out));
  thinningUs += best.thinned * total;
  points += total;
  keptPoints += count;
}

const whole = await stored(bodies.whole, points);
const thinned = await stored(bodies.thinned, keptPoints);
const us = (seconds: number) => (seconds * 1e6) / points;
console.log(`\nIn a historian of its own each, per point that came (${points.toLocaleString('en')})`);
line('', ['whole', 'thinned', 'ratio']);
const rows: readonly (readonly [string, number, number])[] = [
  ['points stored', 1, keptPoints / points],
  ['bytes a stored point', whole.bytesPerPoint, thinned.bytesPerPoint],
  ['bytes on the disk', whole.bytesPerPoint, (thinned.bytesPerPoint * keptPoints) / points],
  ['CPU of the store, µs', us(whole.cpu), us(thinned.cpu)],
  ['  and of thinning, µs', us(whole.cpu), us(thinned.cpu) + thinningUs / points],
];
for (const [label, a, b] of rows) line(label, [a.toFixed(3), b.toFixed(3), (b / a).toFixed(2)]);

const { thinnedSeriesMax } = writerSection.parse({});
const full = new Thinner({ onDropped: () => {} });
for (let i = 0; i < thinnedSeriesMax; i++) {
  const series = makeSeries({ site: 'lyon', area: `area-${i % 16}`, device: `device-${i}`, metric: 'measured' });
  const given = { shard: series.shard, receivedAt: START };
  full.pass({ ...given, kind: 'plan', payload: Buffer.from(JSON.stringify(planOf(series, door))) });
  for (const second of [0, 1])
    full.pass({ ...given, kind: 'points', payload: Buffer.from(`${series.key} value=${i / 7} ${START + second}`) });
}
const startedAt = performance.now();
const saved = full.saved();
const takenAt = performance.now();
const { length } = JSON.stringify(saved);
const [take, encode] = [takenAt - startedAt, performance.now() - takenAt];
console.log(
  `\nA checkpoint of ${thinnedSeriesMax} series with a point held each: ${(length / 1e6).toFixed(1)} MB, ${take.toFixed(0)} ms to take, ${encode.toFixed(0)} ms to encode`,
);
