import { expect, test } from 'vitest';
import type { Trend } from '../../api/history.ts';
import { extentOf, linesOf } from './gaps.ts';

function trendOf(mean: (number | null)[], gapMs: number): Trend {
  const at = mean.map((_, i) => i * 1_000);
  return { from: 0, to: at.length * 1_000, intervalMs: 1_000, gapMs, unit: null, at, mean, min: mean, max: mean };
}

test('linesOf() joins over empty buckets of a slow sensor', () => {
  expect(linesOf(trendOf([1, null, null, 2], 3_000))).toEqual([
    [0, 3],
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
});

test('linesOf() breaks where a sensor was silent for too long', () => {
  expect(linesOf(trendOf([1, null, null, null, 2], 3_000))[0]).toEqual([0, 1, 4]);
  expect(linesOf(trendOf([1, null, null, null, 2], 3_000))[3]).toEqual([1, null, 2]);
});

test('linesOf() is empty without numbers, and keeps zero as a number', () => {
  expect(linesOf(trendOf([null, null], 1_000))).toEqual([[], [], [], []]);
  expect(linesOf(trendOf([0], 1_000))).toEqual([[0], [0], [0], [0]]);
});

test('extentOf() says what the picture shows', () => {
  expect(extentOf(linesOf(trendOf([2, null, null, null, -1, 1, null], 2_000)))).toEqual({ low: -1, high: 2, last: 1 });
  expect(extentOf([[], [], [], []])).toBeUndefined();
});
