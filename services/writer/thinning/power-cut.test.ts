// The promise over random lives: whatever is cut when, no point is lost that had to be kept. What stands in the journal is decided
// again as it was, so a kill makes no point be off by more than was asked for. What was not on the disk yet comes again from the
// broker and may be decided otherwise, by ticks at other places: there a point may be off by twice as much.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '#domain/random.ts';
import { makeSeries } from '#domain/series.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import type { Store } from '../influx.ts';
import type { Journal } from '../journal.ts';
import { StoreError } from '../store-error.ts';
import { MemoryStore, mortal, openTestWriter } from '../testing.ts';

const SEEDS = 80;
const LIVES = 5;
const WITHIN = 1;
const EVERY_MS = 60_000;
const DEVICES = ['d0', 'd1', 'd2', 'd3'];
const METRICS: { readonly [metric: string]: Thinning } = {
  door: { kind: 'swingingDoor', within: WITHIN, atLeastEveryMs: EVERY_MS },
  band: { kind: 'deadband', within: WITHIN, atLeastEveryMs: EVERY_MS },
};
const NAMES = DEVICES.flatMap((device) =>
  Object.keys(METRICS).map((metric) => ({ site: 's', area: 'a', device, metric })),
);

type Sample = { readonly at: number; readonly value: number; readonly line: string };
type Message = { readonly text: string; readonly topic: string; isAcked: boolean };

/** A broker with one queue, and devices whose values wander. */
class Plant {
  now = 1_000_000;
  readonly sent: Message[] = [];
  readonly points = new Map<string, Sample[]>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  publish(): Message {
    const device = DEVICES[Math.floor(this.#random() * DEVICES.length)] ?? '';
    const lines = Object.keys(METRICS).map((metric) => {
      const { key } = makeSeries({ site: 's', area: 'a', device, metric });
      const samples = this.points.get(key) ?? [];
      this.points.set(key, samples);
      const value = (samples.at(-1)?.value ?? 0) + Math.round((this.#random() - 0.5) * 40) / 20;
      const line = `${key} value=${value} ${this.now}`;
      samples.push({ at: this.now, value, line });
      return line;
    });
    this.now += 500 + Math.floor(this.#random() * 2_000);
    const { shard } = makeSeries({ site: 's', area: 'a', device, metric: 'door' });
    const message = { text: lines.join('\n'), topic: `points/v1/${shard}`, isAcked: false };
    this.sent.push(message);
    return message;
  }
}

async function start(plant: Plant, files: PowerCutFiles, store: Store) {
  const parts = await openTestWriter({
    files,
    store,
    changes: { memoryBytesMax: 5_000, journalBytesMax: 40_000, now: () => plant.now },
  });
  const take = (message: Message) =>
    parts.writer.take({
      topic: message.topic,
      payload: Buffer.from(message.text),
      qos: 1,
      retained: false,
      ack: () => {
        message.isAcked = true;
      },
    });
  for (const device of DEVICES) parts.writer.plan({ site: 's', area: 'a', device, model: 'm', metrics: METRICS });
  for (const message of plant.sent) if (!message.isAcked) take(message);
  return { writer: parts.writer, journal: parts.journal, take };
}

type Life = {
  readonly plant: Plant;
  readonly store: MemoryStore;
  readonly files: PowerCutFiles;
  readonly random: Random;
};
type End = (life: Life, journal: Pick<Journal<null>, 'commit' | 'bytes'>) => Promise<void>;

async function live(life: Life, end: End): Promise<PowerCutFiles> {
  const { plant, store, files, random } = life;
  const reach = mortal(store);
  const { writer, journal, take } = await start(plant, files, reach);
  const steps = Math.floor(random() * 400);
  for (let i = 0; i < steps; i++) {
    const fate = random();
    if (fate < 0.6) take(plant.publish());
    else if (fate < 0.8) writer.tick();
    else if (fate < 0.81) files.bytesFree = random() < 0.5 ? 400 : Number.POSITIVE_INFINITY;
    else if (fate < 0.82) plant.now += EVERY_MS;
    else await turn();
  }
  await end(life, journal);
  reach.die();
  return files.cut(random);
}

/** How far each point that is not in the store is from what those around it say. */
function deviations(samples: readonly Sample[], metric: string, isKept: (line: string) => boolean): number[] {
  const kept = samples.filter(({ line }) => isKept(line));
  return samples.flatMap((sample) => {
    if (isKept(sample.line)) return [];
    const before = kept.findLast(({ at }) => at < sample.at);
    const after = kept.find(({ at }) => at > sample.at);
    if (before === undefined || after === undefined) return [Number.POSITIVE_INFINITY];
    if (metric === 'band') return [Math.abs(before.value - sample.value)];
    const share = (sample.at - before.at) / (after.at - before.at);
    return [Math.abs(before.value + (after.value - before.value) * share - sample.value)];
  });
}

const ENDS: readonly (readonly [title: string, within: number, end: End])[] = [
  [
    'killed when what it took is on disk',
    WITHIN,
    async ({ files }, journal) => {
      files.bytesFree = Number.POSITIVE_INFINITY;
      // What waited for room is taken meanwhile, as long as there is some.
      for (let [calm, bytes] = [0, -1]; calm < 10; calm = bytes === journal.bytes ? calm + 1 : 0) {
        bytes = journal.bytes;
        await journal.commit();
        await turn();
      }
    },
  ],
  ['cut off from power at any moment', 2 * WITHIN, async () => {}],
];

describe.each(ENDS)('a writer that is %s', (_, within, end) => {
  it.each(Array.from({ length: SEEDS }, (__, seed) => seed))('loses nothing it had to keep, seed %i', async (seed) => {
    const random = createRandom(seed);
    const plant = new Plant(random);
    const store = new MemoryStore();
    let files = new PowerCutFiles();
    for (let life = 0; life < LIVES; life++) {
      const mood = random();
      store.answer = () => {
        if (mood < 0.3 || random() < 0.2) throw new StoreError('503', 'retry');
      };
      files = await live({ plant, store, files, random }, end);
    }
    store.answer = () => {};
    const last = await start(plant, files, store);
    await using writer = last.writer;
    const missing = () =>
      [...plant.points.values()].flatMap((samples) => samples.at(-1)?.line ?? []).filter((line) => !store.has(line));
    for (let i = 0; i < 20_000 && missing().length > 0; i++) {
      plant.now += 100;
      writer.tick();
      await turn();
    }
    expect(missing()).toEqual([]);
    for (const name of NAMES) {
      const samples = plant.points.get(makeSeries(name).key) ?? [];
      const off = deviations(samples, name.metric, (line) => store.has(line));
      expect(Math.max(0, ...off)).toBeLessThanOrEqual(within + 1e-9);
    }
    expect(store.distinct.length).toBeLessThan(plant.sent.length * 2 * 0.8);
  });
});
