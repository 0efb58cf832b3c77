// Moments as text, zones and buckets together: they only mean something together.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatGoDuration, parseInfluxDuration } from './duration.ts';
import { fillGaps } from './fill.ts';
import { formatTime, parseTimeNs, UTC, zoneOffset } from './time-text.ts';
import { Window } from './window.ts';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const us = (text: string) => Number((parseTimeNs(text, UTC) ?? 0n) / 1_000n);

describe('parseTimeNs()', () => {
  test.each([
    ['2023-11-14T22:14:00Z', 1_700_000_040_000_000_000n],
    ['2023-11-14 22:14:00.5', 1_700_000_040_500_000_000n],
    ['2023-11-14T22:14:00.123456789Z', 1_700_000_040_123_456_789n],
    ['2023-11-14T23:14:00+01:00', 1_700_000_040_000_000_000n],
    ['1969-12-31T23:59:59.9Z', -100_000_000n],
    ['2023-02-30', undefined],
    ['yesterday', undefined],
  ])('%s', (text, ns) => {
    expect(parseTimeNs(text, UTC)).toBe(ns);
  });

  test('reads back what formatTime() writes, in any zone', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns').map(zoneOffset);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), zone, (moment, offset) => {
        expect(parseTimeNs(formatTime(moment, offset), UTC)).toBe(BigInt(moment) * 1_000n);
      }),
    );
  });
});

describe('Window', () => {
  test('holds every moment in exactly one bucket', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata').map(zoneOffset);
    const interval = fc.constantFrom(60_000_000, HOUR, DAY);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), interval, zone, (moment, length, offset) => {
        const window = new Window(length, 0, offset);
        window.seek(moment);
        const { start, end } = window;
        expect(start <= moment && moment < end).toBe(true);
        expect(window.startOf(start)).toBe(start);
        expect(window.startOf(end)).toBe(end);
      }),
    );
  });

  test('local days have 23, 24 or 25 hours', () => {
    const window = new Window(DAY, 0, zoneOffset('Europe/Berlin'));
    const lengths = (from: string, to: string) => {
      const found: number[] = [];
      for (let at = us(from); at <= us(to); at = window.end) {
        window.seek(at);
        found.push((window.end - window.start) / HOUR);
      }
      return found;
    };
    expect(lengths('2024-03-30T12:00:00Z', '2024-04-01T12:00:00Z')).toEqual([24, 23, 24]);
    expect(lengths('2024-10-26T12:00:00Z', '2024-10-28T12:00:00Z')).toEqual([24, 25, 24]);
  });
});

test.each([
  ['1h30m', 5_400_000_000_000n],
  ['1w', 604_800_000_000_000n],
  ['10u', 10_000n],
  ['', undefined],
  ['5', undefined],
  ['5x', undefined],
])('the duration %s', (text, ns) => {
  expect(parseInfluxDuration(text)).toBe(ns);
});

test.each([
  [0, '0s'],
  [90_000_000, '1m30s'],
  [30 * DAY, '720h0m0s'],
])('%d microseconds as Go writes them: %s', (duration, text) => {
  expect(formatGoDuration(duration)).toBe(text);
});

describe('fillGaps()', () => {
  const window = new Window(10, 0, UTC);
  const points = [
    { time: 10, value: 1 },
    { time: 40, value: 4 },
  ];
  const gaps = { type: 'float', window, from: 0, to: 59, descending: false } as const;
  const valuesOf = (found: readonly { value: unknown }[]) => found.map(({ value }) => value);

  test.each([
    ['null', { kind: 'null' as const }, [null, 1, null, null, 4, null]],
    ['previous', { kind: 'previous' as const }, [null, 1, 1, 1, 4, 4]],
    ['linear', { kind: 'linear' as const }, [null, 1, 2, 3, 4, null]],
    ['a number', { kind: 'value' as const, value: 7 }, [7, 1, 7, 7, 4, 7]],
  ])('%s', (_, fill, expected) => {
    const buckets: number[] = [];
    const filled = fillGaps(points, { ...gaps, fill }, () => buckets.push(1));
    expect(filled.map(({ time }) => time)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(valuesOf(filled)).toEqual(expected);
    expect(buckets).toHaveLength(4);
  });

  test('the newest first, what was before is what comes later', () => {
    const newestFirst = { ...gaps, fill: { kind: 'previous' }, descending: true } as const;
    expect(valuesOf(fillGaps(points.toReversed(), newestFirst, () => {}))).toEqual([null, 4, 4, 4, 1, 1]);
  });

  test('without a lower bound buckets begin at the first point, and nothing has none', () => {
    const open = { ...gaps, fill: { kind: 'null' }, from: undefined } as const;
    expect(valuesOf(fillGaps(points, open, () => {}))).toEqual([1, null, null, 4, null]);
    expect(fillGaps([], open, () => {})).toEqual([]);
  });

  test('an integer is filled with an integer', () => {
    const whole = { ...gaps, type: 'integer', fill: { kind: 'value', value: 7.9 } } as const;
    expect(valuesOf(fillGaps(points, whole, () => {}))).toEqual([7, 1, 7, 7, 4, 7]);
    expect(valuesOf(fillGaps(points, { ...whole, fill: { kind: 'linear' } }, () => {}))).toEqual([
      null,
      1,
      2,
      3,
      4,
      null,
    ]);
  });
});
