// Which alarms call for somebody, and in which order they stand: the most urgent first, of those what is active and new. Normal ones
// are not offered: an alarm's retained message is cleared when it returns to normal, so the page does not have them, unless they
// are shelved or out of service.

import { type AlarmState, isAnnunciated, isUnacknowledged, PRIORITIES } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';

const RANK = new Map(PRIORITIES.map((priority, rank) => [priority, rank]));
/** What is active comes before what has returned, and of both what nobody has acknowledged. */
const STATE_RANK = { UNACK: 0, ACKED: 1, RTNUN: 2, LATCH: 3, PENDING: 4, NORM: 5 } as const satisfies Record<
  AlarmState,
  number
>;

/** Whether it calls for somebody. */
export function isOpen(alarm: AlarmView): boolean {
  return isAnnunciated(alarm.state) && alarm.overlay === null && !alarm.shadow;
}

/** Whether it calls, and nobody has answered yet. */
export function isCalling(alarm: AlarmView): boolean {
  return isOpen(alarm) && isUnacknowledged(alarm.state);
}

/** Whether somebody, or the plant's design, has silenced it: still there, and not to be forgotten. */
export function isAside(alarm: AlarmView): boolean {
  return alarm.overlay !== null && !alarm.shadow;
}

export function compareAlarms(a: AlarmView, b: AlarmView): number {
  const rank = (RANK.get(a.priority) ?? 0) - (RANK.get(b.priority) ?? 0);
  return rank || STATE_RANK[a.state] - STATE_RANK[b.state] || b.activeSince - a.activeSince || (a.id < b.id ? -1 : 1);
}

/** Tells one time that an alarm stood from the next. */
export function episodeOf({ alarmId, episode }: AlarmView): string {
  return `${alarmId} ${episode}`;
}
