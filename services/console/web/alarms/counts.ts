// How many alarms call for somebody, by priority: one look at all of them for whoever wants to know.

import { computed } from '@preact/signals';
import { isUnacknowledged, PRIORITIES, type Priority } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';
import { alarms } from '../state/live.ts';
import { isAside, isOpen } from './order.ts';

export type Count = { readonly open: number; readonly unacked: number };
export type Counts = { readonly byPriority: Readonly<Record<Priority, Count>>; readonly aside: number };

export function countAlarms(list: Iterable<AlarmView>): Counts {
  const byPriority = Object.fromEntries(PRIORITIES.map((each) => [each, { open: 0, unacked: 0 }])) as Record<
    Priority,
    { open: number; unacked: number }
  >;
  let aside = 0;
  for (const alarm of list) {
    if (isAside(alarm)) aside++;
    if (!isOpen(alarm)) continue;
    const count = byPriority[alarm.priority];
    count.open++;
    if (isUnacknowledged(alarm.state)) count.unacked++;
  }
  return { byPriority, aside };
}

export const counts = computed(() => countAlarms(alarms.value.values()));
