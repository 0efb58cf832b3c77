import { expect, test } from 'vitest';
import { gapsOf, linesOf, lonelyRows } from './lines.ts';

const series = (gapMs: number, ...points: (readonly [at: number, value: number])[]) => {
  const mean = points.map(([, value]) => value);
  return {
    gapMs,
    at: points.map(([at]) => at),
    mean,
    min: mean.map((value) => value - 1),
    max: mean.map((value) => value + 1),
  };
};
const INTERVAL = 1_000;

test('linesOf() joins over empty buckets of a slow sensor', () => {
  const { at, lines } = linesOf({ intervalMs: INTERVAL, series: [series(3_000, [0, 1], [3_000, 2])] });
  expect([at, lines[0]]).toEqual([[0, 3], { mean: [1, 2], min: [0, 1], max: [2, 3] }]);
});

test('linesOf() breaks where a sensor was silent for too long', () => {
  const { at, lines } = linesOf({ intervalMs: INTERVAL, series: [series(3_000, [0, 1], [4_000, 2])] });
  expect([at, lines[0]?.mean]).toEqual([
    [0, 1, 4],
    [1, null, 2],
  ]);
});

test('linesOf() gives lines of different rhythm one time axis; the gap of one breaks no other', () => {
  const { at, lines } = linesOf({
    intervalMs: INTERVAL,
    series: [series(2_000, [0, 1], [4_000, 2]), series(2_000, [0, 5], [1_000, 6], [2_000, 0])],
  });
  expect(at).toEqual([0, 1, 2, 4]);
  expect(lines.map(({ mean }) => mean)).toEqual([
    [1, null, undefined, 2],
    [5, 6, 0, undefined],
  ]);
});

test('linesOf() without numbers is empty', () => {
  expect(linesOf({ intervalMs: INTERVAL, series: [series(1_000)] })).toEqual({
    at: [],
    lines: [{ mean: [], min: [], max: [] }],
  });
});

test('gapsOf() is from the end of the last bucket to the next', () => {
  expect(gapsOf(series(3_000, [0, 1], [3_000, 1], [9_000, 1]), INTERVAL)).toEqual([{ from: 4_000, to: 9_000 }]);
});

test('lonelyRows() are those that no line reaches', () => {
  expect(lonelyRows([1, null, 2, undefined, 3, null, 4])).toEqual([0, 6]);
  expect(lonelyRows([undefined, 5, undefined])).toEqual([1]);
});
