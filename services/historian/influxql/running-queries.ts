// Which queries run: what SHOW QUERIES shows, KILL QUERY ends, and the cap on how many run at once.

import { shorten } from './shorten.ts';
import { redactPasswords } from './user-statement.ts';

/** Queries are shown to people, and may be a megabyte long. */
const TEXT_CHARS_MAX = 1_000;

export type RunningQuery = {
  readonly id: number;
  readonly text: string;
  readonly database: string;
  readonly startedAtMs: number;
  readonly kill: AbortController;
};

export type QueryTotals = { readonly started: number; readonly finished: number; readonly totalMs: number };

export class RunningQueries {
  readonly max: number;
  readonly #running = new Map<number, RunningQuery>();
  #started = 0;
  #finished = 0;
  #totalMs = 0;

  /** Every running query holds pages of samples in memory. */
  constructor(max: number) {
    this.max = max;
  }

  /** Undefined where as many run as may. */
  start(text: string, database: string, startedAtMs: number): RunningQuery | undefined {
    if (this.#running.size >= this.max) return undefined;
    const id = ++this.#started;
    const shown = redactPasswords(shorten(text, TEXT_CHARS_MAX));
    const query = { id, text: shown, database, startedAtMs, kill: new AbortController() };
    this.#running.set(id, query);
    return query;
  }

  end(query: RunningQuery, endedAtMs: number): void {
    if (!this.#running.delete(query.id)) return;
    this.#finished++;
    this.#totalMs += endedAtMs - query.startedAtMs;
  }

  list(): readonly RunningQuery[] {
    return [...this.#running.values()];
  }

  /** False where no such query runs. */
  kill(id: number): boolean {
    const query = this.#running.get(id);
    query?.kill.abort();
    return query !== undefined;
  }

  totals(): QueryTotals {
    return { started: this.#started, finished: this.#finished, totalMs: this.#totalMs };
  }
}
