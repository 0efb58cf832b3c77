import { describe, expect, it } from 'vitest';
import { parseMoment } from './parse-moment.ts';
import { DAY, HOUR, MINUTE, T0 } from './testing.ts';

describe('parseMoment()', () => {
  it.each([
    ['now', T0],
    ['now-90m', T0 - 90 * MINUTE],
    ['now+1h', T0 + HOUR],
    ['2026-10-07', T0],
    ['2026-10-08T00:00', T0 + DAY],
    ['2026-10-07 01:00:00.250', T0 + HOUR + 250],
    ['2026-10-07T02:00+02:00', T0],
    ['2026-10-06T23:00-0100', T0],
    ['2026-10-07T00:00Z', T0],
    // The hour that comes twice where clocks go back: an offset tells which one is meant.
    ['2026-10-25T02:30+02:00', Date.UTC(2026, 9, 25, 0, 30)],
    ['2026-10-25T02:30+01:00', Date.UTC(2026, 9, 25, 1, 30)],
    ['2026-10-25T02:30', Date.UTC(2026, 9, 25, 2, 30)],
    ['2028-02-29', Date.UTC(2028, 1, 29)],
  ])('%s', (text, at) => {
    expect(parseMoment(text, T0)).toBe(at);
  });

  it.each([
    '',
    'yesterday',
    'now-',
    'now-5',
    'now - 5m',
    '2026-02-30',
    '2026-13-01',
    '2026-10-07T25:00',
    '1759795200000',
    '10/07/2026',
    'now-1h30m',
    '2026-02-29T10:00',
  ])('%j is none', (text) => {
    expect(parseMoment(text, T0)).toBeUndefined();
  });
});
