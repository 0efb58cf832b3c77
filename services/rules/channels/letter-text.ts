// The words of a letter, the same in every channel: what is violated, the value and the limit, since when, and what to do.
// Every part is one harmless line (plain-text.ts); a channel only puts them where its service wants them.

import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import type { JournalEvent } from '#domain/journal.ts';
import type { Notice } from '#rules/engine/inputs.ts';
import { isCall } from '../notify/notice-phase.ts';
import type { Letter, LetterItem } from './channel.ts';
import { plainText } from './plain-text.ts';

/** Lengths that a telephone shows without scrolling, and that leave room for what matters beside a hostile name. */
const NAME_MAX = 80;
const TEXT_MAX = 300;
/** A longer list is not read; what is beyond it is counted. Twice what one letter may hold of critical calls. */
export const LISTED_MAX = 40;
/** Up to so many alarms each has its details. */
const DETAILED_MAX = 5;

const WORDS = {
  ACTIVE: 'active',
  LEVEL: 'level changed',
  RE_ALARM: 'still active',
  COMMAND: 'command failed',
  RETURNED: 'returned',
  ACKED: 'acknowledged',
  RESET: 'reset',
  APPROVED: 'command approved',
  REFUSED: 'operation refused',
  RULE_CHANGED: 'rule changed',
  HISTORICAL: 'happened earlier',
  STOPPED: 'not judged any more',
  RESUMED: 'judged again',
  UNSHELVED: 'no longer shelved',
  UNSUPPRESSED: 'no longer suppressed',
  IN_SERVICE: 'back in service',
  SHELVED: 'shelved',
  SUPPRESSED: 'suppressed',
  OUT_OF_SERVICE: 'out of service',
  RETIRED: 'rule removed',
} as const satisfies Record<JournalEvent, string>;

export type ItemText = { readonly title: string; readonly lines: readonly string[] };
export type LetterText = {
  readonly headline: string;
  readonly items: readonly ItemText[];
  /** `and 12 more (2 high, 10 low)`; undefined where all are listed. */
  readonly rest: string | undefined;
};

export function letterText(letter: Letter): LetterText {
  const shown = letter.items.slice(0, LISTED_MAX);
  const isDetailed = letter.items.length <= DETAILED_MAX;
  return {
    headline: headline(letter),
    items: shown.map((item) => (isDetailed ? detailed(item, letter.timeZone) : brief(item))),
    rest: restOf(letter.items.slice(LISTED_MAX)),
  };
}

/** As lines of one text, details indented. */
export function textLines({ items, rest }: LetterText): string[] {
  const blocks = items.flatMap(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)]);
  return rest === undefined ? blocks : [...blocks, rest];
}

/** The highest priority that calls; of a letter of mere news, of all. */
export function urgencyOf({ items }: Letter): { readonly priority: Priority; readonly isCalling: boolean } {
  const calls = items.filter(({ notice }) => isCall(notice));
  const among = calls.length > 0 ? calls : items;
  const priority = PRIORITIES.find((each) => among.some(({ notice }) => notice.priority === each)) ?? 'low';
  return { priority, isCalling: calls.length > 0 };
}

function headline({ kind, items }: Letter): string {
  const [first, second] = items;
  if (first === undefined) return '';
  const prefix = { alarms: '', flood: 'Flood: ' }[kind];
  if (second === undefined) return `${prefix}${titleOf(first)}`;
  const places = new Set(items.map(({ notice }) => placeOf(notice)));
  const where = places.size === 1 ? `at ${placeOf(first.notice)}` : `at ${places.size} places`;
  return `${prefix}${items.length} alarms ${where}: ${countByPriority(items)}`;
}

function titleOf({ notice, isRepeat }: LetterItem): string {
  const { event, priority, name, instance } = notice;
  const word = isRepeat ? 'not acknowledged' : WORDS[event];
  const called = isCall(notice) ? priority.toUpperCase() : priority;
  return `${called} ${word}: ${plainText(name, NAME_MAX)} - ${plainText(instance, NAME_MAX)} (${placeOf(notice)})`;
}

function brief(item: LetterItem): ItemText {
  return { title: plainText(`${titleOf(item)}: ${item.notice.reason}`, 160), lines: [] };
}

function detailed(item: LetterItem, timeZone: string): ItemText {
  const { notice } = item;
  const { response, timeToRespond, consequence } = notice.rationalisation ?? {};
  const lines = [
    notice.summary === notice.name ? undefined : notice.summary,
    notice.reason,
    `since ${formatMoment(notice.activeSince, timeZone)}`,
    response === undefined ? undefined : `Response: ${response}${timeToRespond ? ` (within ${timeToRespond})` : ''}`,
    consequence === undefined ? undefined : `Otherwise: ${consequence}`,
    notice.actor === undefined ? undefined : `by ${notice.actor}`,
    notice.comment === undefined ? undefined : `Comment: ${notice.comment}`,
  ];
  return {
    title: titleOf(item),
    lines: lines.map((line) => plainText(line ?? '', TEXT_MAX)).filter((line) => line !== ''),
  };
}

function placeOf({ site, area }: Notice): string {
  return `${plainText(site, NAME_MAX)}/${plainText(area, NAME_MAX)}`;
}

function restOf(items: readonly LetterItem[]): string | undefined {
  return items.length === 0 ? undefined : `and ${items.length} more (${countByPriority(items)})`;
}

function countByPriority(items: readonly LetterItem[]): string {
  return PRIORITIES.map((priority) => [priority, items.filter(({ notice }) => notice.priority === priority).length])
    .filter(([, count]) => count !== 0)
    .map(([priority, count]) => `${count} ${priority}`)
    .join(', ');
}

/** `2026-03-29 03:00:00 Europe/Paris`; a moment that is none is a question mark. */
export function formatMoment(at: number, timeZone: string): string {
  if (Number.isNaN(new Date(at).getTime())) return '?';
  const text = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone }).format(at);
  return `${text} ${timeZone}`;
}
