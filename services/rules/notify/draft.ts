// A letter before it is written: the calls of one group for one address. Where an alarm has several, the newest is told and
// the earlier ones are settled with it.

import { hash } from 'node:crypto';
import { PRIORITIES } from '#domain/alarm.ts';
import type { Letter } from '../channels/channel.ts';
import type { Call } from './call.ts';
import { isCall, isCriticalCall } from './notice-phase.ts';

export type Entry = { readonly call: Call; readonly earlier: readonly Call[] };
export type Draft = {
  readonly address: string;
  /** The group, as text. */
  readonly thread: string;
  readonly kind: Letter['kind'];
  /** Never empty. */
  readonly entries: readonly Entry[];
};

/** Every channel shows at least so many alarms one by one; what is critical is never only counted. */
export const CRITICAL_PER_LETTER_MAX = 20;

export function callsOf({ entries }: Draft): Call[] {
  return entries.flatMap(({ call, earlier }) => [...earlier, call]);
}

export function criticalCount({ entries }: Draft): number {
  return entries.filter(({ call }) => isCriticalCall(call.notice)).length;
}

/** The most urgent first; critical calls in as many drafts as it takes, all else with the last of them. */
export function draftsOf(draft: Draft): Draft[] {
  const entries = sorted(draft.entries);
  const critical = criticalCount(draft);
  const drafts: Draft[] = [];
  let from = 0;
  while (critical - from > CRITICAL_PER_LETTER_MAX) {
    drafts.push({ ...draft, entries: entries.slice(from, from + CRITICAL_PER_LETTER_MAX) });
    from += CRITICAL_PER_LETTER_MAX;
  }
  return [...drafts, { ...draft, entries: entries.slice(from) }];
}

function sorted(entries: readonly Entry[]): Entry[] {
  return entries.toSorted((a, b) => rank(a) - rank(b) || a.call.notice.at - b.call.notice.at);
}

function rank({ call: { notice } }: Entry): number {
  return (isCall(notice) ? 0 : PRIORITIES.length) + PRIORITIES.indexOf(notice.priority);
}

/** Drafts to one address as one summary, in the order in which they came. Of an alarm that is in several the last is told. */
export function merged(first: Draft, ...others: readonly Draft[]): Draft {
  if (others.length === 0) return first;
  const entries = new Map(first.entries.map((entry) => [entry.call.notice.alarmId, entry]));
  for (const { call, earlier } of others.flatMap((draft) => draft.entries)) {
    const before = entries.get(call.notice.alarmId);
    const older = before === undefined ? [] : [...before.earlier, before.call];
    entries.set(call.notice.alarmId, { call, earlier: [...older, ...earlier] });
  }
  return { ...first, kind: 'flood', entries: sorted([...entries.values()]) };
}

/** @param writtenAt tells one repetition from the next */
export function writeLetter({ address, thread, kind, entries }: Draft, writtenAt: number, timeZone: string): Letter {
  const what = entries.map(({ call: { notice, isRepeat } }) => [notice.alarmId, notice.seq, isRepeat ? writtenAt : 0]);
  return {
    key: digest(JSON.stringify([address, what])),
    thread: digest(thread),
    kind,
    items: entries.map(({ call: { notice, isRepeat } }) => ({ notice, isRepeat })),
    timeZone,
  };
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}
