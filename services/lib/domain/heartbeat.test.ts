import { describe, expect, it } from 'vitest';
import { BEAT_SHARD, beatOf, HEARTBEAT_TOPIC, parseHeartbeat, WATCHDOG_DEVICE } from './heartbeat.ts';
import type { Point, Value } from './point.ts';
import { makeSeries, type SeriesName } from './series.ts';
import { filters, matchesFilter } from './topic.ts';

const point = (value: Value | null, name: Partial<SeriesName> = {}): Point => ({
  series: makeSeries({ ...WATCHDOG_DEVICE, metric: 'beat', ...name }),
  value,
  quality: 'good',
  measuredAt: 1_000,
  late: false,
});

describe('beatOf()', () => {
  it('is the number of a beat, whatever its quality or age: a wrong clock is no dead pipeline', () => {
    expect(beatOf(point(7))).toBe(7);
    expect(beatOf({ ...point(7), quality: 'bad', late: true })).toBe(7);
  });

  it.each([
    point(7, { metric: 'temperature' }),
    point(7, { device: 'watchdog2' }),
    point(7, { area: 'tank-farm' }),
    point(7, { site: 'lyon' }),
    point('7'),
    point(true),
    point(null),
    point(7.5),
    point(2 ** 60),
  ])('is undefined for any other point %#', (other) => {
    expect(beatOf(other)).toBeUndefined();
  });

  it('beats travel in the lane of their series', () => {
    expect(BEAT_SHARD).toBe(point(1).series.shard);
  });
});

describe('parseHeartbeat()', () => {
  const whole = { beat: 7, measuredAt: 1, at: 2, expiresAt: 3 };

  it('reads an answer and leaves out what it does not know', () => {
    expect(parseHeartbeat(JSON.stringify({ ...whole, more: 'of it' }))).toEqual(whole);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '7',
    '"beat"',
    '{}',
    JSON.stringify({ ...whole, beat: '7' }),
    '{"__proto__":{"beat":1}}',
  ])('is undefined for %s', (payload) => {
    expect(parseHeartbeat(payload)).toBeUndefined();
  });
});

it('an answer is not taken for the status of a service', () => {
  expect(matchesFilter(filters.services, HEARTBEAT_TOPIC)).toBe(false);
});
