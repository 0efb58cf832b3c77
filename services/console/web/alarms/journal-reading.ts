// Reads the journal a page at a time, newest first, and takes what is new on top without losing the pages below.

import { type Signal, signal } from '@preact/signals';
import type { Priority } from '#domain/alarm.ts';
import type { JournalEvent } from '#domain/journal.ts';
import type { JournalPage, JournalRow } from '../../api/history.ts';
import { type Answer, call } from '../state/api.ts';
import { currentTime } from '../state/clock.ts';

export type JournalAsked = {
  readonly site?: string;
  readonly area?: string;
  readonly rule?: string;
  readonly instance?: string;
  readonly events?: readonly JournalEvent[];
  readonly priorities?: readonly Priority[];
  readonly find?: string;
  /** How far back, as the range goes on with the clock; or where it begins. */
  readonly lastMs?: number;
  readonly from?: number;
  /** Undefined: until now, and whatever comes. */
  readonly to?: number;
};

export type JournalState = {
  readonly entries: readonly JournalRow[];
  readonly next: string | null;
  readonly is: 'reading' | 'read';
  readonly why: string | null;
};

const PAGE_ROWS = 50;
/** More are not kept: a list that is open for weeks must not fill the browser's memory. */
export const ROWS_MAX = 2_000;
const MINUTE_MS = 60_000;
/** A file of more is none that a person reads; the store's own tools export the rest. */
export const CSV_ROWS_MAX = 20_000;

export class JournalReading {
  readonly state: Signal<JournalState> = signal({ entries: [], next: null, is: 'reading', why: null });
  readonly #asked: JournalAsked;
  /** Where the server goes on, by the entry that it goes on behind: the list can be cut there and nowhere else. */
  #cuts: ReadonlyMap<string, string> = new Map();

  constructor(asked: JournalAsked) {
    this.#asked = asked;
  }

  /** What came since the newest that is known, or the first page. */
  async refresh(): Promise<void> {
    const page = await this.#ask({ limit: PAGE_ROWS });
    if (page === undefined) return;
    const { entries, next } = this.state.value; // older ones may have come meanwhile
    const fresh = without(page.entries, entries);
    // More came than a page holds: what lies between is not known, so the rest begins anew.
    const isWhole = entries.length > 0 && fresh.length < page.entries.length;
    if (!isWhole) this.#cuts = new Map();
    this.#noteCut(page);
    this.#put(isWhole ? { entries: [...fresh, ...entries], next } : page);
  }

  async older(): Promise<void> {
    const { next } = this.state.value;
    if (next === null) return;
    this.state.value = { ...this.state.value, is: 'reading' };
    const page = await this.#ask({ limit: PAGE_ROWS, cursor: next });
    if (page === undefined) return;
    const now = this.state.value;
    // Asked for twice, or the list began anew meanwhile: it does not go on here any more.
    if (now.next !== next) return this.#put(now);
    this.#noteCut(page);
    this.#put({ entries: [...now.entries, ...without(page.entries, now.entries)], next: page.next });
  }

  /** Everything that was asked for, up to the bound. */
  async all(): Promise<readonly JournalRow[]> {
    const entries: JournalRow[] = [];
    for (let cursor: string | undefined; entries.length < CSV_ROWS_MAX; ) {
      const page = await this.#ask({ limit: 1_000, cursor });
      if (page === undefined) break;
      entries.push(...page.entries);
      if (page.next === null) break;
      cursor = page.next;
    }
    return entries;
  }

  #noteCut({ entries, next }: JournalPage): void {
    const last = entries.at(-1);
    if (last !== undefined && next !== null) this.#cuts = new Map([...this.#cuts, [keyOf(last), next]]);
  }

  /** Without what has fallen out of the range, or is more than is kept. */
  #put(page: JournalPage): void {
    const { from } = rangeOf(this.#asked);
    const within = page.entries.filter(({ at }) => at >= from);
    const isOver = within.length < page.entries.length;
    const { entries, next } = this.#cut({ entries: within, next: isOver ? null : page.next });
    const kept = new Set(entries.map(keyOf));
    this.#cuts = new Map([...this.#cuts].filter(([key]) => kept.has(key)));
    this.state.value = { entries, next, is: 'read', why: null };
  }

  #cut(page: JournalPage): JournalPage {
    if (page.entries.length <= ROWS_MAX) return page;
    const at = page.entries.slice(0, ROWS_MAX).findLastIndex((entry) => this.#cuts.has(keyOf(entry)));
    const last = page.entries[at];
    if (last === undefined) return page;
    return { entries: page.entries.slice(0, at + 1), next: this.#cuts.get(keyOf(last)) ?? null };
  }

  async #ask(page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<JournalPage | undefined> {
    const answer: Answer<JournalPage> = await call('GET', `api/journal?${queryOf(this.#asked, page)}`);
    if (answer.ok) return answer.body;
    this.state.value = { ...this.state.value, is: 'read', why: answer.why };
    return undefined;
  }
}

function rangeOf({ from, to, lastMs = 0 }: JournalAsked): { readonly from: number; readonly to: number } {
  const end = to ?? currentTime() + MINUTE_MS; // of a clock that is ahead of ours, too
  const begin = from ?? (to ?? currentTime()) - lastMs;
  return { from: Math.min(begin, end - MINUTE_MS), to: end };
}

function queryOf(asked: JournalAsked, page: object): URLSearchParams {
  const { events, priorities, lastMs, ...rest } = asked;
  const all = { ...rest, ...rangeOf(asked), ...page, events: events?.join(','), priorities: priorities?.join(',') };
  const given = Object.entries(all).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
}

function without(entries: readonly JournalRow[], known: readonly JournalRow[]): JournalRow[] {
  const keys = new Set(known.map(keyOf));
  return entries.filter((entry) => !keys.has(keyOf(entry)));
}

export function keyOf({ at, alarmId, seq, event }: JournalRow): string {
  return `${at} ${event} ${seq} ${alarmId}`;
}
