// What sounds, and when: the most urgent alarm that nobody has acknowledged, again and again until somebody has. Pure.

import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import type { Counts } from './counts.ts';

/** Tones of one call, one after the other; told apart by how many there are as well as by how high they are. */
export type Call = {
  readonly hertz: readonly number[];
  readonly toneMs: number;
  /** From the begin of one call to the next. */
  readonly everyMs: number;
};

export const CALLS: { readonly [priority in Priority]: Call } = {
  critical: { hertz: [988, 784, 988, 784, 988], toneMs: 120, everyMs: 2_500 },
  high: { hertz: [784, 784, 784], toneMs: 150, everyMs: 5_000 },
  medium: { hertz: [587, 587], toneMs: 180, everyMs: 10_000 },
  low: { hertz: [440], toneMs: 220, everyMs: 20_000 },
};

export const MUTE_MS = 5 * 60_000;

/** For how long nothing sounds that is not more urgent than what was muted. */
export type Mute = { readonly until: number; readonly priority: Priority };

export function mostUrgent({ byPriority }: Counts): Priority | null {
  return PRIORITIES.find((priority) => byPriority[priority].unacked > 0) ?? null;
}

/** What is to sound; null for silence. */
export function soundOf(counts: Counts, mute: Mute | null, now: number): Priority | null {
  const priority = mostUrgent(counts);
  if (priority === null || mute === null || now >= mute.until) return priority;
  return PRIORITIES.indexOf(priority) < PRIORITIES.indexOf(mute.priority) ? priority : null;
}
