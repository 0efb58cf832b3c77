import { expect, test } from 'vitest';
import { qualitySpans, stateSpans } from './spans.ts';

const bounds = { intervalMs: 1_000, gapMs: 3_000, to: 20_000 };
const said = (...values: (readonly [at: number, value: boolean | string])[]) =>
  stateSpans(
    values.map(([at, value]) => ({ at, value })),
    bounds,
  ).map(({ from, to, value }) => [from, to, value]);

test('stateSpans() joins what says the same, and holds over short silence', () => {
  expect(said([0, true], [1_000, true], [3_000, false], [17_000, true])).toEqual([
    [0, 3_000, true],
    [3_000, 4_000, false],
    [17_000, 20_000, true],
  ]);
});

test('stateSpans() leaves a gap between two that say the same, and after the last', () => {
  expect(said([0, 'idle'], [10_000, 'idle'])).toEqual([
    [0, 1_000, 'idle'],
    [10_000, 11_000, 'idle'],
  ]);
  expect(said()).toEqual([]);
});

test('qualitySpans() joins neighbours of one quality, and nothing over a good bucket', () => {
  const buckets = [
    { at: 0, worst: 1, count: 2 },
    { at: 1_000, worst: 1, count: 1 },
    { at: 2_000, worst: 2, count: 1 },
    { at: 5_000, worst: 2, count: 4 },
    { at: 6_000, worst: 0, count: 0 },
  ];
  expect(qualitySpans(buckets, 1_000)).toEqual([
    { from: 0, to: 2_000, quality: 'uncertain', points: 3 },
    { from: 2_000, to: 3_000, quality: 'bad', points: 1 },
    { from: 5_000, to: 6_000, quality: 'bad', points: 4 },
  ]);
});
