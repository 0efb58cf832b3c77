import { expect, test } from 'vitest';
import { patternStore } from '../testing.ts';
import { StoreError } from './influx.ts';
import { readBuckets } from './trend.ts';

const SERIES = { site: 'lyon', area: 'tank-farm', device: 'tank-01', metric: 'temperature' };
const COLUMNS = ['time', 'mean', 'min', 'max', 'count', 'flag', 'text'];
const NOTE = { unit: 'Cel', staleAfterMs: 15_000, storedEveryMs: 0 };
const MINUTE = 60_000;
const DAY = 86_400_000;

const request = (from: number, to: number, note = NOTE) => ({
  ...{ series: [SERIES], from, to, points: 60, noteOf: () => note },
});
const bucket = (at: number, value: number) => [at, value, value - 1, value + 1, 10, null, null];

test('readBuckets() gives numbers of points, the stretches of bad quality, and from which age on a gap is one', async () => {
  const { store } = patternStore([
    [
      /count\("q"\)/,
      {
        columns: ['time', 'count', 'worst'],
        rows: [
          [1_000, 2, 1],
          [2_000, 1, 2],
        ],
      },
    ],
    [/"raw"/, { columns: COLUMNS, rows: [bucket(1_000, 5), bucket(2_000, 6)] }],
  ]);
  const { series, tier, intervalMs } = await readBuckets({ store, database: 'plant' }, request(0, MINUTE));
  expect([tier, intervalMs]).toEqual(['raw', 1_000]);
  expect(series[0]).toMatchObject({
    ...{ unit: 'Cel', gapMs: 15_000, at: [1_000, 2_000], mean: [5, 6], min: [4, 5], max: [6, 7], count: [10, 10] },
    quality: [
      { from: 1_000, to: 2_000, quality: 'uncertain', points: 2 },
      { from: 2_000, to: 3_000, quality: 'bad', points: 1 },
    ],
  });
});

test('readBuckets() takes roll-ups for wide buckets, and points from the newest of them on', async () => {
  const edge = 10 * 30 * MINUTE;
  const { store } = patternStore([
    [/count\("q"\)/, {}],
    [/"r1m"/, { columns: COLUMNS, rows: [bucket(edge - 30 * MINUTE, 1), bucket(edge, 2)] }],
    [
      new RegExp(`"raw".* time >= ${edge}ms`),
      { columns: COLUMNS, rows: [bucket(edge, 3), bucket(edge + 30 * MINUTE, 4)] },
    ],
  ]);
  const { series, tier } = await readBuckets({ store, database: 'plant' }, request(0, DAY));
  expect([tier, series[0]?.mean]).toEqual(['r1m', [1, 3, 4]]);
});

test('readBuckets() takes points for what came before the first roll-up', async () => {
  const first = 10 * 30 * MINUTE;
  const { store } = patternStore([
    [/count\("q"\)/, {}],
    [/"r1m"/, { columns: COLUMNS, rows: [bucket(first, 2)] }],
    [new RegExp(`"raw".* time >= 0ms AND time < ${first}ms`), { columns: COLUMNS, rows: [bucket(0, 1)] }],
    [/"raw"/, { columns: COLUMNS, rows: [bucket(first, 3)] }],
  ]);
  const { series } = await readBuckets({ store, database: 'plant' }, request(0, DAY));
  expect(series[0]?.mean).toEqual([1, 3]);
});

test('readBuckets() keeps the newest roll-up where its points are gone', async () => {
  const { store } = patternStore([[/"r1m"/, { columns: COLUMNS, rows: [bucket(0, 1), bucket(30 * MINUTE, 2)] }]]);
  const { series } = await readBuckets({ store, database: 'plant' }, request(0, DAY));
  expect(series[0]?.mean).toEqual([1, 2]);
});

test('readBuckets() makes do with points where the store has no roll-ups', async () => {
  const { store } = patternStore([
    [/"r1m"/, new StoreError('retention policy not found', false)],
    [/count\("q"\)/, {}],
    [/"raw"/, { columns: COLUMNS, rows: [bucket(0, 7)] }],
  ]);
  const { series } = await readBuckets({ store, database: 'plant' }, request(0, DAY));
  expect(series[0]?.mean).toEqual([7]);
});

test('readBuckets() looks among roll-ups where the points of long ago are gone', async () => {
  const { store } = patternStore([[/"r1h"/, { columns: COLUMNS, rows: [bucket(0, 7)] }]]);
  const { series, tier, intervalMs } = await readBuckets({ store, database: 'plant' }, request(0, 5 * MINUTE));
  expect([tier, intervalMs, series[0]?.mean]).toEqual(['r1h', 60 * MINUTE, [7]]);
});

test('readBuckets() says the finest where there is nothing at all', async () => {
  const { store } = patternStore([]);
  const { series, tier, intervalMs } = await readBuckets({ store, database: 'plant' }, request(0, 5 * MINUTE));
  expect([tier, intervalMs, series[0]?.at, series[0]?.states]).toEqual(['raw', 5_000, [], []]);
});

test('readBuckets() of a switch gives its stretches, the newest where they are too many', async () => {
  const rows = Array.from({ length: 600 }, (_, i) => [i * 1_000, null, null, null, null, i % 2 === 0, null]);
  const { store } = patternStore([
    [/count\("q"\)/, {}],
    [/"raw"/, { columns: COLUMNS, rows }],
  ]);
  const { series } = await readBuckets({ store, database: 'plant' }, { ...request(0, 600_000), points: 600 });
  expect([series[0]?.states.length, series[0]?.moreStates]).toEqual([500, 100]);
  expect(series[0]?.states.at(-1)).toEqual({ from: 599_000, to: 600_000, value: false });
});

test('a thinned series has no gap before one of its points would have been kept', async () => {
  const { store } = patternStore([]);
  const thinned = { ...NOTE, storedEveryMs: 600_000 };
  const { series } = await readBuckets({ store, database: 'plant' }, request(0, MINUTE, thinned));
  expect(series[0]?.gapMs).toBe(601_000);
});
