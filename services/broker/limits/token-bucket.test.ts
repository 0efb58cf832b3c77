import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('TokenBucket gives what it holds at once, and then what comes', () => {
  const bucket = new TokenBucket(100, 0);
  bucket.take(100, 0);
  expect(bucket.waitMs(0)).toBe(0);
  bucket.take(50, 0);
  expect(bucket.waitMs(0)).toBe(500);
  expect(bucket.waitMs(400)).toBeCloseTo(100);
  expect(bucket.waitMs(500)).toBeCloseTo(0);
  expect(bucket.isFull(1_499)).toBe(false);
  expect(bucket.isFull(1_500)).toBe(true);
});

test('TokenBucket does not fill beyond one second, nor by a clock that steps back', () => {
  const bucket = new TokenBucket(100, 1_000);
  bucket.take(101, 60_000);
  expect(bucket.waitMs(60_000)).toBeCloseTo(10);
  expect(bucket.waitMs(1_000)).toBeCloseTo(10);
});

test('TokenBucket without bounds never makes anybody wait', () => {
  const bucket = new TokenBucket(Number.POSITIVE_INFINITY, 0);
  bucket.take(1e9, 0);
  expect(bucket.waitMs(0)).toBe(0);
  expect(bucket.isFull(0)).toBe(true);
});

test('who waits as told takes no more than the rate and one second of it, and the last it took', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.array(fc.integer({ min: 1, max: 9_000 })), (rate, pieces) => {
      const bucket = new TokenBucket(rate, 0);
      let now = 0;
      let taken = 0;
      for (const piece of pieces) {
        now += bucket.waitMs(now);
        expect(taken).toBeLessThanOrEqual(rate * (1 + now / 1_000) + 1e-6 * (taken + 1));
        bucket.take(piece, now);
        taken += piece;
      }
    }),
  );
});
