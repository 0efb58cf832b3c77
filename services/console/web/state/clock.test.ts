import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const START = Date.UTC(2027, 0, 15, 8);
let clock: typeof import('./clock.ts');

beforeEach(async () => {
  vi.useFakeTimers({ now: START });
  vi.resetModules();
  clock = await import('./clock.ts');
});
afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;

it.each([HOUR_MS, -HOUR_MS])('takes the server’s word where this clock is %i ms wrong', (aheadMs) => {
  clock.hearServerTime(START + aheadMs);
  expect([clock.currentTime(), clock.now.value]).toEqual([START + aheadMs, START + aheadMs]);
});

it('does not go back for what was long on its way, or is told a second time', () => {
  clock.hearServerTime(START);
  vi.advanceTimersByTime(20_000);
  for (const missedAt of [START + 1_000, START + 5_000, START + 19_900]) clock.hearServerTime(missedAt);
  expect(clock.currentTime()).toBe(START + 20_000);
});

it('follows this browser’s clock when that is set, forwards after a while and backwards at once', () => {
  clock.hearServerTime(START);
  vi.setSystemTime(START + HOUR_MS);
  clock.hearServerTime(START + 4_000);
  expect(clock.currentTime()).toBe(START + HOUR_MS);
  vi.advanceTimersByTime(30_000);
  clock.hearServerTime(START + 30_000);
  expect(clock.currentTime()).toBe(START + 30_000);
  vi.setSystemTime(START - HOUR_MS);
  clock.hearServerTime(START + 34_000);
  expect(clock.currentTime()).toBe(START + 34_000);
});
