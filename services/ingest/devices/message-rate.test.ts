import { expect, test } from 'vitest';
import { MessageRate } from './message-rate.ts';

const MINUTE = 60_000;
const START = 29_922_590 * MINUTE;

function rateAfter(minutes: number, everyMs: number, from = START): MessageRate {
  const rate = new MessageRate();
  for (let at = from; at < START + minutes * MINUTE; at += everyMs) rate.take(at);
  return rate;
}

test('nothing is said before a minute is counted', () => {
  expect(rateAfter(1.5, 1_000).perMinute(START + 1.5 * MINUTE)).toBeNull();
});

test.each([0, 0.25, 0.5, 0.999])('an even stream is its rate at every moment (%d of a minute)', (part) => {
  expect(rateAfter(5 + part, 1_000).perMinute(START + 5 * MINUTE + part * MINUTE)).toBeCloseTo(60, -0.5);
});

test('a first minute that was not whole is no slow one', () => {
  const rate = rateAfter(1.5, 1_000, START + 55_000);
  expect(rate.perMinute(START + MINUTE + 30_000)).toBeNull();
  for (let at = START + 1.5 * MINUTE; at < START + 2 * MINUTE; at += 1_000) rate.take(at);
  expect(rate.perMinute(START + 2 * MINUTE)).toBeCloseTo(60, 0);
});

test('silence is no message a minute', () => {
  expect(rateAfter(5, 1_000).perMinute(START + 10 * MINUTE)).toBe(0);
});
