import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { between, panned, rangeOf, refreshMs, SPAN_MS_MAX, SPAN_MS_MIN, type Span, zoomed } from './span.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const live: Span = { kind: 'live', ms: HOUR };
const fixed: Span = { kind: 'fixed', from: NOW - 10 * HOUR, to: NOW - 8 * HOUR };

test('rangeOf() of what goes on with the clock ends now', () => {
  expect(rangeOf(live, NOW)).toEqual({ from: NOW - HOUR, to: NOW });
  expect(rangeOf(fixed, NOW)).toEqual({ kind: 'fixed', from: NOW - 10 * HOUR, to: NOW - 8 * HOUR });
});

describe('zoomed()', () => {
  test('what goes on with the clock goes on, nearer', () => {
    expect(zoomed(live, { factor: 0.5 }, NOW)).toEqual({ kind: 'live', ms: HOUR / 2 });
  });
  test('keeps the middle, or the moment under the pointer', () => {
    expect(zoomed(fixed, { factor: 0.5 }, NOW)).toEqual({
      kind: 'fixed',
      from: NOW - 9.5 * HOUR,
      to: NOW - 8.5 * HOUR,
    });
    expect(zoomed(fixed, { factor: 0.5, at: fixed.kind === 'fixed' ? fixed.from : 0 }, NOW)).toEqual({
      ...{ kind: 'fixed', from: NOW - 10 * HOUR, to: NOW - 9 * HOUR },
    });
  });
  test('farther than now goes on with the clock', () => {
    expect(zoomed(fixed, { factor: 20 }, NOW)).toEqual({ kind: 'live', ms: 40 * HOUR });
  });
  test('never nearer or farther than the bounds', () => {
    expect(zoomed(live, { factor: 1e-9 }, NOW)).toEqual({ kind: 'live', ms: SPAN_MS_MIN });
    expect(zoomed(live, { factor: 1e9 }, NOW)).toEqual({ kind: 'live', ms: SPAN_MS_MAX });
  });
});

test('panned() to earlier stays there, and to later goes on with the clock', () => {
  expect(panned(live, -0.5, NOW)).toEqual({ kind: 'fixed', from: NOW - 1.5 * HOUR, to: NOW - 0.5 * HOUR });
  expect(panned(panned(live, -0.5, NOW), 0.5, NOW)).toEqual(live);
  expect(panned(fixed, 0.5, NOW)).toEqual({ kind: 'fixed', from: NOW - 9 * HOUR, to: NOW - 7 * HOUR });
});

test('between() takes either end first, and no more than a click as the shortest', () => {
  expect(between(NOW - HOUR, NOW - 2 * HOUR, NOW)).toEqual({ kind: 'fixed', from: NOW - 2 * HOUR, to: NOW - HOUR });
  expect(between(NOW - HOUR, NOW - HOUR, NOW)).toMatchObject({ from: NOW - HOUR - SPAN_MS_MIN / 2 });
});

test('wherever somebody moves, the range is one that the server answers for', () => {
  const step = fc.oneof(
    fc.record({
      factor: fc.double({ min: 0.01, max: 100, noNaN: true }),
      at: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    }),
    fc.double({ min: -10, max: 10, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let span: Span = live;
      for (const each of steps) {
        const { from, to } = rangeOf(span, NOW);
        if (typeof each === 'number') span = panned(span, each, NOW);
        else {
          const { factor, at } = each;
          span = zoomed(span, at === undefined ? { factor } : { factor, at: from + at * (to - from) }, NOW);
        }
      }
      const { from, to } = rangeOf(span, NOW);
      expect([from, to].every(Number.isSafeInteger)).toBe(true);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(NOW);
      expect(to - from).toBeGreaterThanOrEqual(SPAN_MS_MIN);
      expect(to - from).toBeLessThanOrEqual(SPAN_MS_MAX);
    }),
  );
});

test.each([
  [900_000, 3_000],
  [SPAN_MS_MIN, 2_000],
  [SPAN_MS_MAX, 60_000],
])('refreshMs() of %d ms is %d', (ms, wanted) => {
  expect(refreshMs(ms)).toBe(wanted);
});
