// The time that is left to respond to an alarm, as its rule's author reckoned it: from the activation until the consequence.

import type { AlarmMessage } from '#domain/alarm.ts';
import { parseDuration } from '#domain/duration.ts';

export type RespondTime = { readonly totalMs: number /** Below 0: it is over. */; readonly leftMs: number };

/** undefined where no clock runs: the alarm is not active, is silenced, or its rule names no time. */
export function respondTime(alarm: AlarmMessage, now: number): RespondTime | undefined {
  const { state, overlay, activeSince, rationalisation } = alarm;
  const isRunning = (state === 'UNACK' || state === 'ACKED') && overlay === null;
  const totalMs = parseDuration(rationalisation?.timeToRespond ?? '');
  if (!isRunning || totalMs === undefined || totalMs === 0) return undefined;
  return { totalMs, leftMs: activeSince + totalMs - now };
}
