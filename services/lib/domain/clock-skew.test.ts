import { expect, test } from 'vitest';
import { isClockOff, skewText } from './clock-skew.ts';

test.each([
  [0, 'right', false],
  [-99, 'right', false],
  [100, '0.1 s ahead', false],
  [-240, '0.2 s behind', false],
  [5_000, '5 s ahead', false],
  [5_001, '5 s ahead', true],
  [-61_000, '61 s behind', true],
  [150_000, '2.5 min ahead', true],
  [-7_200_000, '2 h behind', true],
  [40 * 86_400_000, '40 d ahead', true],
])('a clock that differs by %i ms is %s; off: %s', (ms, text, isOff) => {
  expect([skewText(ms), isClockOff(ms)]).toEqual([text, isOff]);
});

test('what is not known is not off', () => {
  expect(isClockOff(null)).toBe(false);
});
