import { expect, test } from 'vitest';
import { LoadAverage } from './load-averages.ts';

test('LoadAverage comes to what a steady count grows by in a minute, the shorter the sooner', () => {
  const load = new LoadAverage();
  const steps = (count: number, from: number) => {
    for (let i = 1; i <= count; i++) load.add(from + i * 100, 10_000);
    return from + count * 100;
  };
  // A hundred in ten seconds are 600 in a minute; after one minute 1 - 1/e of that is in the first average.
  let at = steps(6, 0);
  expect(load.over(1)).toBeCloseTo(600 * (1 - Math.exp(-1)), 6);
  expect(load.over(5)).toBeCloseTo(600 * (1 - Math.exp(-1 / 5)), 6);
  expect(load.over(15)).toBeCloseTo(600 * (1 - Math.exp(-1 / 15)), 6);
  at = steps(600, at);
  expect(load.over(15)).toBeCloseTo(600, -1);
  load.add(at, 3_600_000);
  expect(load.over(1)).toBeCloseTo(0, 6);
});
