// The episodes of alarms in a range, from their journal: when each was active, under which priorities, and per rule how much
// of the time. Everything is counted; of the episodes themselves the first EPISODES_MAX are kept, the rest is only a number.

import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import type { JournalEntry } from '#domain/journal.ts';
import { Chatter } from './chatter.ts';

/** Enough for any report that a person reads, and for a picture; a rule that chatters for a year makes millions. */
const EPISODES_MAX = 20_000;
/** An alarm that swings between two levels for a year is one episode all the same. */
const PARTS_MAX = 500;

export type Episode = {
  /** `rule/site/area/instance`. */
  readonly alarm: string;
  readonly rule: string;
  /** ms since the epoch; the start of the range where it was active before. */
  readonly from: number;
  /** null: still active at the end of the range. */
  to: number | null;
  /** The highest that it had. */
  priority: Priority;
  /** Parts of one priority, each up to the next one. */
  readonly parts: { readonly from: number; readonly priority: Priority }[];
  readonly isSuppressed: boolean;
  readonly summary: string;
};

export type RuleCount = {
  readonly rule: string;
  activations: number;
  readonly alarms: Set<string>;
  inAlarmMs: number;
  longest: { readonly alarm: string; readonly from: number; readonly ms: number } | null;
  chatterBouts: number;
};

export class EpisodeFold {
  readonly #from: number;
  readonly #open = new Map<string, Episode>();
  readonly #chatter = new Chatter();
  readonly episodes: Episode[] = [];
  readonly rules = new Map<string, RuleCount>();
  /** Episodes that were counted and are not in `episodes`. */
  left = 0;

  /** Entries before `from` are taken too: they say what was active when it began, and are not counted. */
  constructor(from: number) {
    this.#from = from;
  }

  take(entry: JournalEntry): void {
    if (entry.historical) return;
    const alarm = `${entry.rule}/${entry.site}/${entry.area}/${entry.instance}`;
    const open = this.#open.get(alarm);
    if (entry.event === 'ACTIVE') this.#begin(alarm, entry);
    else if (open === undefined) return;
    else if (entry.event === 'RETURNED' || entry.event === 'RETIRED') this.#end(open, entry.journalTime);
    else if (entry.event === 'LEVEL') this.#level(open, entry);
  }

  /** Ends what is still active; nothing may be taken after it. */
  finish(to: number): void {
    for (const open of [...this.#open.values()]) this.#end(open, null, to);
  }

  #begin(alarm: string, entry: JournalEntry): void {
    const { rule, journalTime, priority, summary, overlay } = entry;
    const before = this.#open.get(alarm);
    if (before !== undefined) this.#end(before, journalTime); // a journal with a hole
    const from = Math.max(journalTime, this.#from);
    const parts = [{ from, priority }];
    this.#open.set(alarm, { alarm, rule, from, to: null, priority, parts, isSuppressed: overlay !== null, summary });
    const isCounted = journalTime >= this.#from;
    const begins = this.#chatter.activate(alarm, journalTime, isCounted);
    if (!isCounted) return;
    const count = this.#countOf(rule);
    count.activations++;
    count.alarms.add(alarm);
    if (begins) count.chatterBouts++;
  }

  #level(open: Episode, { journalTime, priority }: JournalEntry): void {
    if (PRIORITIES.indexOf(priority) < PRIORITIES.indexOf(open.priority)) open.priority = priority;
    const from = Math.max(journalTime, this.#from);
    if (open.parts.at(-1)?.from === from) open.parts.pop();
    if (open.parts.length < PARTS_MAX) open.parts.push({ from, priority });
  }

  #end(open: Episode, at: number | null, end = at ?? 0): void {
    this.#open.delete(open.alarm);
    if (end < this.#from || (end === this.#from && open.from === end && at !== null)) return;
    open.to = at;
    const count = this.#countOf(open.rule);
    const ms = end - open.from;
    count.alarms.add(open.alarm);
    count.inAlarmMs += ms;
    if (count.longest === null || ms > count.longest.ms) count.longest = { alarm: open.alarm, from: open.from, ms };
    if (this.episodes.length < EPISODES_MAX) this.episodes.push(open);
    else this.left++;
  }

  #countOf(rule: string): RuleCount {
    let count = this.rules.get(rule);
    if (count === undefined) {
      count = { rule, activations: 0, alarms: new Set(), inAlarmMs: 0, longest: null, chatterBouts: 0 };
      this.rules.set(rule, count);
    }
    return count;
  }
}
