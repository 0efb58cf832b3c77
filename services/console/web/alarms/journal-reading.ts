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
  readonly from: number;
  /** Undefined: until now, and whatever comes. */
  readonly to?: number | undefined;
};

export type JournalState = {
  readonly entries: readonly JournalRow[];
  readonly next: string | null;
  readonly is: 'reading' | 'read';
  readonly why: string | null;
};

const PAGE_ROWS = 50;
/** A file of more is none that a person reads; the store's own tools export the rest. */
export const CSV_ROWS_MAX = 20_000;

export class JournalReading {
  readonly state: Signal<JournalState> = signal({ entries: [], next: null, is: 'reading', why: null });
  readonly #asked: JournalAsked;

  constructor(asked: JournalAsked) {
    this.#asked = asked;
  }

  /** What came since the newest that is known, or the first page. */
  async refresh(): Promise<void> {
    const { entries, next } = this.state.value;
    const page = await this.#ask({ limit: PAGE_ROWS });
    if (page === undefined) return;
    const known = new Set(entries.map(keyOf));
    const fresh = page.entries.filter((entry) => !known.has(keyOf(entry)));
    // More came than a page holds: what lies between is not known, so the rest begins anew.
    const isWhole = entries.length > 0 && fresh.length < page.entries.length;
    this.#put(isWhole ? { entries: [...fresh, ...entries], next } : page);
  }

  async older(): Promise<void> {
    const { next } = this.state.value;
    if (next === null) return;
    this.state.value = { ...this.state.value, is: 'reading' };
    const page = await this.#ask({ limit: PAGE_ROWS, cursor: next });
    if (page !== undefined) this.#put({ entries: [...this.state.value.entries, ...page.entries], next: page.next });
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

  #put({ entries, next }: JournalPage): void {
    this.state.value = { entries, next, is: 'read', why: null };
  }

  async #ask(page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<JournalPage | undefined> {
    const answer: Answer<JournalPage> = await call('GET', `api/journal?${queryOf(this.#asked, page)}`);
    if (answer.ok) return answer.body;
    this.state.value = { ...this.state.value, is: 'read', why: answer.why };
    return undefined;
  }
}

function queryOf({ events, priorities, ...asked }: JournalAsked, page: object): URLSearchParams {
  const to = asked.to ?? currentTime() + 60_000; // of a clock that is ahead of ours, too
  const all = { ...asked, to, ...page, events: events?.join(','), priorities: priorities?.join(',') };
  const given = Object.entries(all).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
}

export function keyOf({ at, alarmId, seq, event }: JournalRow): string {
  return `${at} ${event} ${seq} ${alarmId}`;
}
