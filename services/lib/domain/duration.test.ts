import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['500ms', 500],
  ['20s', 20_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['8h', 28_800_000],
  ['7d', 604_800_000],
  ['0s', 0],
  ['0.4ms', 0],
])('parseDuration() reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '90', 's', '-5s', '+5s', '1h30m', ' 5s', '5s\n', '5 s', '5S', '1e3s', '.5s', '5.s', 'PT5M', '٣s'])(
  'parseDuration() refuses %j',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('parseDuration() refuses what no number counts exactly', () => {
  expect(parseDuration(`${'9'.repeat(400)}d`)).toBeUndefined();
  expect(parseDuration('9007199254740993ms')).toBeUndefined();
});

test('formatDuration() takes the largest unit that is exact', () => {
  expect([90_000, 120_000, 1_500, 0, 86_400_000, 90_000_000].map(formatDuration)).toEqual([
    '90s',
    '2m',
    '1500ms',
    '0s',
    '1d',
    '25h',
  ]);
});

test('formatDuration() and parseDuration() are inverse', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (ms) => parseDuration(formatDuration(ms)) === ms));
});
