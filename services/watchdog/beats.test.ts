// What watchdog.test.ts cannot see from outside: the order of asking, and a watchdog that was held up itself.

import { describe, expect, it } from 'vitest';
import { Beats } from './beats.ts';

const INTERVAL_MS = 9_000;
const open = () => new Beats({ intervalMs: INTERVAL_MS, firstBeat: 1, startedMs: 0 });

describe('Beats', () => {
  it('asked twice about one beat, counts one miss', () => {
    const beats = open();
    beats.takeDue(0);
    expect([beats.takeMissed(3_000), beats.takeMissed(3_000), beats.takeMissed(4_000)]).toEqual([
      1,
      undefined,
      undefined,
    ]);
  });

  it('an answer that came after its time is late, even where nobody has looked at the clock since', () => {
    const beats = open();
    beats.takeDue(0);
    expect(beats.answer(1, 3_000)).toEqual({ kind: 'late', roundTripMs: 3_000 });
    expect(beats.takeMissed(3_000)).toBe(1);
  });

  it('answers count once, and only for what was sent', () => {
    const beats = open();
    beats.takeDue(0);
    expect(beats.answer(2, 10)).toBeUndefined();
    expect(beats.answer(1, 10)).toEqual({ kind: 'in-time', roundTripMs: 10 });
    expect(beats.answer(1, 20)).toBeUndefined();
    expect(beats.takeMissed(60_000)).toBeUndefined();
  });

  it('forgets beats of long ago, so that an outage of days needs no more memory than one of minutes', () => {
    const beats = open();
    for (let ms = 0; ms < 1_000 * INTERVAL_MS; ms += 3_000) {
      beats.takeMissed(ms);
      beats.takeDue(ms);
    }
    expect(beats.answer(1, 1e9)).toBeUndefined();
    expect(beats.answer(2_999, 1e9)).toMatchObject({ kind: 'late' });
  });
});
