import { expect, test } from 'vitest';
import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import { START } from '../../testing.ts';
import type { Counts } from './counts.ts';
import { CALLS, type Mute, soundOf } from './sounding.ts';

function countsOf(...unacked: Priority[]): Counts {
  const count = (priority: Priority) => ({ open: 9, unacked: unacked.includes(priority) ? 1 : 0 });
  return {
    aside: 3,
    byPriority: { critical: count('critical'), high: count('high'), medium: count('medium'), low: count('low') },
  };
}
const MUTED: Mute = { priority: 'high', until: START + 1_000 };

test.each<[string, Priority[], Mute | null, Priority | null]>([
  ['nothing while all is acknowledged', [], null, null],
  ['the most urgent', ['low', 'high'], null, 'high'],
  ['nothing while it is muted', ['high', 'low'], MUTED, null],
  ['what is more urgent than what was muted', ['critical', 'high'], MUTED, 'critical'],
  ['nothing once the muted one is acknowledged and lesser ones are left', ['low'], MUTED, null],
  ['all again when the time is over', ['low'], { ...MUTED, until: START }, 'low'],
])('sounds %s', (_, unacked, mute, expected) => {
  expect(soundOf(countsOf(...unacked), mute, START)).toBe(expected);
});

test('the more urgent calls more often, with more tones, and higher; each call ends before the next', () => {
  const calls = PRIORITIES.map((priority) => CALLS[priority]);
  for (const [i, call] of calls.entries()) {
    const next = calls[i + 1];
    expect(call.hertz.length * (call.toneMs + 50)).toBeLessThan(call.everyMs);
    if (next === undefined) continue;
    expect(call.everyMs).toBeLessThan(next.everyMs);
    expect(call.hertz.length).toBeGreaterThan(next.hertz.length);
    expect(Math.max(...call.hertz)).toBeGreaterThan(Math.max(...next.hertz));
  }
});
