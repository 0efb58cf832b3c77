import { expect, it } from 'vitest';
import { groupBy } from './group-by.ts';

it('groupBy() keeps groups in the order of their first, and each in its own', () => {
  expect([...groupBy([3, 1, 4, 5, 2], (n) => n % 2 === 0)]).toEqual([
    [false, [3, 1, 5]],
    [true, [4, 2]],
  ]);
});
