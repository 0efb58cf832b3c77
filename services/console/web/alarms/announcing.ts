// What a screen reader is told of new alarms: each by its name while they come one by one; in a flood how many there are, because a
// voice that reads hundreds of names tells nothing. Pure.

import type { AlarmView } from '../../api/live.ts';
import { PRIORITY_WORDS, texts } from '../texts.ts';
import { compareAlarms, episodeOf, isOpen } from './order.ts';
import type { Alarms } from './ordered-alarms.ts';

/** A text longer than this is no announcement. */
const CHARS_MAX = 200;
const NAMED_MAX = 3;

/** Alarms that have become active since, the most urgent first. */
export function newAlarms(before: Alarms, after: Alarms): AlarmView[] {
  const list: AlarmView[] = [];
  for (const [id, alarm] of after) {
    const last = before.get(id);
    if (last === alarm || alarm.state !== 'UNACK' || !isOpen(alarm)) continue;
    const wasTold = last?.state === 'UNACK' && isOpen(last) && episodeOf(last) === episodeOf(alarm);
    if (!wasTold) list.push(alarm);
  }
  return list.sort(compareAlarms);
}

export type Announcement = { readonly text: string; readonly isUrgent: boolean };

export function announcementOf(list: readonly AlarmView[]): Announcement | undefined {
  const [first] = list;
  if (first === undefined) return undefined;
  const isUrgent = first.priority === 'critical' || first.priority === 'high';
  const said = list
    .slice(0, NAMED_MAX)
    .map(({ priority, summary }) => texts.alarms.announce(PRIORITY_WORDS[priority], summary.slice(0, CHARS_MAX)));
  const text =
    list.length > NAMED_MAX ? texts.alarms.announceMany(list.length, PRIORITY_WORDS[first.priority]) : said.join('. ');
  return { text, isUrgent };
}
