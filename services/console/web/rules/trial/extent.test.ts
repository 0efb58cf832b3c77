import { expect, it } from 'vitest';
import { extentOf } from './extent.ts';

const limit = (value: number) => ({ value });

it.each([
  [[0, null, 10], [0, null, 10], [], [-0.8, 10.8]],
  [[0], [10], [limit(60), limit(50)], [-4.8, 64.8]],
  [[null], [null], [limit(80)], [73.6, 86.4]],
  [[0], [0], [], [-0.5, 0.5]],
  [[], [], [], [0, 1]],
] as const)('extentOf() %j %j %j', (min, max, limits, expected) => {
  const [low, high] = extentOf({ min, max }, limits);
  expect(low).toBeCloseTo(expected[0]);
  expect(high).toBeCloseTo(expected[1]);
});
