import { expect, test } from 'vitest';
import { statisticsOf } from './statistics.ts';

test('statisticsOf() weighs each bucket by its points', () => {
  expect(statisticsOf({ min: [0, 5], max: [2, 9], mean: [1, 7], count: [3, 1] })).toEqual({
    min: 0,
    max: 9,
    mean: 2.5,
    last: 7,
  });
});

test('statisticsOf() nothing is nothing', () => {
  expect(statisticsOf({ min: [], max: [], mean: [], count: [] })).toBeUndefined();
});
