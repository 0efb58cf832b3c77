import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Page } from '../../influxql/store.ts';
import { Generation } from '../head/generation.ts';
import { readTrack } from '../head/read-track.ts';
import { EMPTY, merge } from '../head/runs.ts';
import { ShardCache } from '../shard/shard-cache.ts';
import { ALL_TIME, SHARD_LAYOUT } from '../shard/shard-file.ts';
import { policyFolder, spansIn } from '../shard/spans.ts';
import { SqliteFile } from '../sqlite.ts';
import { type SealedTrack, Sealer } from './sealer.ts';

const DAY_US = 86_400_000_000;
const NOW_US = 1_795_000_000_000_000;
const NOTHING = { entities: [], removed: [], given: { id: 0, track: 0 } };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-sealer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const track = (id: number): SealedTrack => ({ id, type: 'float', policy: 1, fileUs: DAY_US });

function generationOf(samples: readonly (readonly [track: number, time: number, value: number])[]): Generation {
  const generation = Generation.allocate(1, { samples: samples.length, tracks: 10, textBytes: 0 });
  for (const [id, time, value] of samples) generation.append(id, time, value);
  return generation;
}

function sealed(id: number): Page {
  const open = (file: string) => SqliteFile.forReading(file, SHARD_LAYOUT);
  using shards = new ShardCache(folder, { max: 4, open });
  let all = EMPTY;
  for (const startUs of spansIn(policyFolder(folder, 1))) {
    const shard = shards.get({ policy: 1, startUs });
    let lastAt = Number.NEGATIVE_INFINITY;
    for (const chunk of shard.chunks(id, ALL_TIME)) {
      expect(chunk.firstAt).toBeGreaterThan(lastAt);
      lastAt = chunk.lastAt;
      const run = shard.read(chunk, 'float') as Page;
      expect([run.times[0], run.times.at(-1), run.times.length]).toEqual([chunk.firstAt, chunk.lastAt, chunk.count]);
      all = merge(all, run);
    }
  }
  return all;
}

const seal = (sealer: Sealer, generation: Generation) =>
  sealer.seal({ memory: generation.memory, tracks: [...generation.tracks()].map(track), changes: NOTHING });

test('what is sealed in any order of time and in any portions is what was written last', () => {
  const time = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((s) => NOW_US + s * 1_000_000),
    fc.integer({ min: 0, max: 5_000 }).map((us) => NOW_US + us),
    fc.integer({ min: 0, max: 5 }).map((days) => NOW_US - days * DAY_US),
    fc.integer({ min: 0, max: 3_000 }).map((s) => s * 2_000_000),
    fc.integer({ min: -50, max: 50 }),
  );
  const sample = fc.tuple(fc.integer({ min: 1, max: 3 }), time, fc.integer({ min: 0, max: 999 }));
  const portions = fc.array(fc.array(sample, { minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(portions, (all) => {
      rmSync(folder, { recursive: true, force: true });
      const expected = new Map<number, Map<number, number>>([1, 2, 3].map((id) => [id, new Map()]));
      {
        using sealer = new Sealer(folder);
        for (const samples of all) {
          const generation = generationOf(samples);
          seal(sealer, generation);
          for (const [id, at, value] of samples) expected.get(id)?.set(at, value);
        }
      }
      for (const [id, values] of expected) {
        const { times, values: found } = sealed(id);
        expect([...times].map((at, i) => [at, found[i]])).toEqual([...values].sort(([a], [b]) => a - b));
      }
    }),
    { numRuns: 60 },
  );
});

test('a long and quick track is cut by count, a slower one by hours', () => {
  using sealer = new Sealer(folder);
  const hour = 3_600_000_000;
  const start = Math.floor(NOW_US / DAY_US) * DAY_US;
  const every2s = Array.from({ length: 7_200 }, (_, i) => [1, start + i * 2_000_000, i] as const);
  const everyMinute = Array.from({ length: 600 }, (_, i) => [2, start + i * 60_000_000, i] as const);
  const quick = Array.from({ length: 10_000 }, (_, i) => [3, start + i * 10_000, i] as const);
  seal(sealer, generationOf([...every2s, ...everyMinute, ...quick].sort(([, a], [, b]) => a - b)));
  const open = (file: string) => SqliteFile.forReading(file, SHARD_LAYOUT);
  using shards = new ShardCache(folder, { max: 4, open });
  const counts = (id: number) =>
    [...shards.get({ policy: 1, startUs: start }).chunks(id, ALL_TIME)].map(({ count }) => count);
  expect(counts(1)).toEqual([1_800, 1_800, 1_800, 1_800]);
  expect(counts(2)).toEqual([540, 60]);
  expect(counts(3)).toEqual([4_096, 4_096, 1_808]);
  const shard = shards.get({ policy: 1, startUs: start });
  const [second] = shard.chunks(1, { from: start + hour, to: start + hour });
  expect(second && shard.summary(second)).toMatchObject({ count: 1_800, first: 1_800, last: 3_599, sum: 4_859_100 });
});

test('deleting a range cuts chunks in two and tells which tracks are empty', () => {
  using sealer = new Sealer(folder);
  const samples = Array.from({ length: 100 }, (_, i) => [1, NOW_US + i * 1_000_000, i] as const);
  seal(sealer, generationOf([...samples, [2, NOW_US, 1]]));
  const range = { from: NOW_US, to: NOW_US + 89_000_000 };
  const keep = { from: NOW_US + 95_000_000, to: NOW_US + 96_000_000 };
  expect(sealer.delete({ tracks: [track(1), track(2)], ...range })).toEqual([2]);
  expect(sealer.delete({ tracks: [track(1)], ...keep })).toEqual([]);
  expect([...sealed(1).values]).toEqual([90, 91, 92, 93, 94, 97, 98, 99]);
  expect(sealer.delete({ tracks: [track(1)], from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY })).toEqual([
    1,
  ]);
});

test('a span that has ended is deleted with its file, and its tracks are told where they have nothing else', () => {
  using sealer = new Sealer(folder);
  seal(
    sealer,
    generationOf([
      [1, NOW_US - 3 * DAY_US, 1],
      [1, NOW_US, 2],
      [2, NOW_US - 3 * DAY_US, 3],
    ]),
  );
  expect(spansIn(policyFolder(folder, 1))).toHaveLength(2);
  expect(sealer.expire({ policy: 1, fileUs: DAY_US, beforeUs: NOW_US - DAY_US })).toEqual([2]);
  expect(spansIn(policyFolder(folder, 1))).toHaveLength(1);
  expect([...sealed(1).values]).toEqual([2]);
});

test('what a dropped track or policy has left is swept', () => {
  using sealer = new Sealer(folder);
  seal(
    sealer,
    generationOf([
      [1, NOW_US, 1],
      [2, NOW_US, 2],
    ]),
  );
  sealer.sweep({ policies: new Set([1]), tracks: new Set([2]) });
  expect([sealed(1).times.length, sealed(2).times.length]).toEqual([0, 1]);
  sealer.sweep({ policies: new Set(), tracks: new Set() });
  expect(spansIn(policyFolder(folder, 1))).toEqual([]);
});

test('a track in memory: the later write of a moment wins, whatever the order', () => {
  const moments = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer()), { minLength: 1 });
  fc.assert(
    fc.property(moments, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }), (all, a, b) => {
      const generation = generationOf(all.map(([time, value]) => [1, time, value]));
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const { times, values } = readTrack(generation, track(1), { from, to });
      const expected = [...new Map(all)].filter(([time]) => time >= from && time <= to).sort(([x], [y]) => x - y);
      expect([...times].map((time, i) => [time, values[i]])).toEqual(expected);
    }),
  );
});
