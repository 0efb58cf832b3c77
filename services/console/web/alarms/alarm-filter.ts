// Which alarms are asked for, as the address says it: whoever is sent the link sees the same list.
//   #/alarms?show=unacked&site=lyon&area=tank-farm&priority=critical,high&state=RTNUN&q=pump&from=2027-01-15T08:00Z&to=…

import { type AlarmState, PRIORITIES, type Priority } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';
import { finder } from '../parts/find.ts';
import type { RouteQuery } from '../state/route.ts';
import { isAside, isCalling, isOpen } from './order.ts';

const SHOWS = { open: isOpen, unacked: isCalling, aside: isAside } as const;
export type ShowName = keyof typeof SHOWS;
export const SHOW_NAMES = Object.keys(SHOWS) as ShowName[];

/** States that a person can ask for: what has no other is not in the list. */
export const LISTED_STATES = ['UNACK', 'ACKED', 'RTNUN', 'LATCH'] as const satisfies readonly AlarmState[];
export type ListedState = (typeof LISTED_STATES)[number];

export type AlarmFilter = {
  readonly show: ShowName;
  /** Empty where all are wanted; so below. */
  readonly site: string;
  readonly area: string;
  readonly priorities: readonly Priority[];
  readonly states: readonly ListedState[];
  readonly find: string;
  /** When it returned, ms since the epoch; `to` with the whole minute that it names; null: no matter when. */
  readonly from: number | null;
  readonly to: number | null;
};

export const NO_FILTER: AlarmFilter = {
  ...{ show: 'open', site: '', area: '', priorities: [], states: [], find: '', from: null, to: null },
};

/** Words that mean nothing are no filter: an address may have been cut, or typed. */
export function parseFilter(query: URLSearchParams): AlarmFilter {
  const text = (name: string) => query.get(name) ?? '';
  const listOf = <T extends string>(name: string, words: readonly T[]) => {
    const asked = text(name).split(',');
    return words.filter((word) => asked.includes(word));
  };
  return {
    show: SHOW_NAMES.find((name) => name === text('show')) ?? 'open',
    site: text('site'),
    area: text('area'),
    priorities: listOf('priority', PRIORITIES),
    states: listOf('state', LISTED_STATES),
    find: text('q'),
    from: momentIn(text('from')),
    to: momentIn(text('to')),
  };
}

export function formatFilter({ show, site, area, priorities, states, find, from, to }: AlarmFilter): RouteQuery {
  return {
    show: show === 'open' ? undefined : show,
    site: site || undefined,
    area: area || undefined,
    priority: priorities.join(',') || undefined,
    state: states.join(',') || undefined,
    q: find || undefined,
    from: textOf(from),
    to: textOf(to),
  };
}

function momentIn(text: string): number | null {
  const at = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** In UTC, to the minute, so that a link means the same everywhere. */
function textOf(at: number | null): string | undefined {
  return at === null ? undefined : new Date(at).toISOString().replace(/:\d\d\.\d+Z$/, 'Z');
}

export function passes(filter: AlarmFilter): (alarm: AlarmView) => boolean {
  const { show, site, area, priorities, states, find, from, to } = filter;
  const isShown = SHOWS[show];
  const isFound = find.trim() === '' ? undefined : finder(find.trim());
  return (alarm) =>
    isShown(alarm) &&
    (site === '' || alarm.site === site) &&
    (area === '' || alarm.area === area) &&
    (priorities.length === 0 || priorities.includes(alarm.priority)) &&
    (states.length === 0 || (states as readonly AlarmState[]).includes(alarm.state)) &&
    isWithin(alarm, { from, to }) &&
    isFound?.(textOfAlarm(alarm)) !== false;
}

const MINUTE_MS = 60_000;

/** Where the minute of a moment ends: who asks for what was until 10:05 means 10:05:30, too. */
export function endOfMinute(at: number): number {
  return (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
}

/** What is active has not returned, and is not between any two moments. */
function isWithin({ clearedAt }: AlarmView, { from, to }: Pick<AlarmFilter, 'from' | 'to'>): boolean {
  if (from === null && to === null) return true;
  return clearedAt !== null && clearedAt >= (from ?? clearedAt) && (to === null || clearedAt < endOfMinute(to));
}

function textOfAlarm({ id, name, summary, reason, labels, ackedBy }: AlarmView): string {
  return [id, name, summary, reason, ackedBy, ...Object.values(labels)].join(' ');
}
