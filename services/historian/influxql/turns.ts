// How a long computation shares its thread: it runs in slices, and between two of them others have their turn. That is
// also where a query ends before its end.

import { QueryError } from './query-error.ts';

/** What one query may hold the thread for. */
const SLICE_MS = 10;

/** A slice has at most so many steps, also where the clock stands still or steps back. */
const SLICE_STEPS = 1_024;

export type TurnsOptions = {
  /** ms since the epoch. */
  readonly now: () => number;
  /** Resolves after everything else that waits has had its turn. */
  readonly pause: () => Promise<void>;
  readonly timeoutMs: number;
  /** Of KILL QUERY. */
  readonly killed: AbortSignal;
  /** Of the one who asked. */
  readonly gone: AbortSignal;
};

/** Nobody waits for the answer any more. */
export class GoneError extends Error {}

export class Turns {
  readonly #options: TurnsOptions;
  readonly #endsAt: number;
  #sliceEndsAt: number;
  #stepsLeft = SLICE_STEPS;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#sliceEndsAt = options.now() + SLICE_MS;
    this.#endsAt = options.now() + options.timeoutMs;
  }

  /** Asked where a computation could stop for a while, which is often: to await nothing would cost as much as a series does. */
  #isOver(): boolean {
    return this.#check() >= this.#sliceEndsAt || --this.#stepsLeft <= 0;
  }

  /** Time in which the reader of the answer was slow counts too. */
  async #pause(): Promise<void> {
    await this.#options.pause();
    this.#sliceEndsAt = this.#check() + SLICE_MS;
    this.#stepsLeft = SLICE_STEPS;
  }

  /** The time. */
  #check(): number {
    const { gone, killed } = this.#options;
    if (gone.aborted) throw new GoneError('the client went away');
    if (killed.aborted) throw new QueryError('query interrupted');
    const now = this.#options.now();
    if (now >= this.#endsAt) throw new QueryError('query-timeout limit exceeded');
    return now;
  }

  /** What a generator yields, its turns taken. */
  async *taken<T extends object>(work: Generator<undefined | T>): AsyncGenerator<T> {
    this.#check();
    for (const piece of work) {
      if (piece !== undefined) yield piece;
      if (this.#isOver()) await this.#pause();
    }
  }

  /** What a generator returns, its turns taken. */
  async result<T>(work: Generator<undefined, T>): Promise<T> {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      if (this.#isOver()) await this.#pause();
    }
  }
}
