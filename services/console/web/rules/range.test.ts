import { expect, it } from 'vitest';
import { ownRange, rangeAt } from './range.ts';

it('rangeAt() ends now', () => {
  expect(rangeAt({ is: 'day' }, 100_000_000)).toEqual({ from: 13_600_000, to: 100_000_000 });
  expect(rangeAt({ is: 'own', from: 1, to: 2 }, 9)).toEqual({ from: 1, to: 2 });
});

it.each([
  [1, 2, true],
  [2, 2, false],
  [3, 2, false],
  [0, 31 * 86_400_000, true],
  [0, 31 * 86_400_000 + 1, false],
  [Number.NaN, 2, false],
])('ownRange() %s to %s', (from, to, isOne) => {
  expect(ownRange(from, to) !== undefined).toBe(isOne);
});
