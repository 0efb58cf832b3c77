// How a long computation shares its thread: it runs in slices, and between two of them others have their turn. That is
// also where a query ends before its end.

import { QueryError } from './query-error.ts';

/** What one query may hold the thread for. */
const SLICE_MS = 10;

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

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#sliceEndsAt = options.now() + SLICE_MS;
    this.#endsAt = options.now() + options.timeoutMs;
  }

  /** Called where a computation could stop for a while. Time in which the reader of the answer was slow counts too. */
  async #pass(): Promise<void> {
    const { now, pause } = this.#options;
    if (now() >= this.#sliceEndsAt) {
      await pause();
      this.#sliceEndsAt = now() + SLICE_MS;
    }
    this.#check();
  }

  #check(): void {
    const { now, gone, killed } = this.#options;
    if (gone.aborted) throw new GoneError('the client went away');
    if (killed.aborted) throw new QueryError('query interrupted');
    if (now() >= this.#endsAt) throw new QueryError('query-timeout limit exceeded');
  }

  /** What a generator yields, its turns taken. */
  async *taken<T extends object>(work: Generator<undefined | T>): AsyncGenerator<T> {
    this.#check();
    for (const piece of work) {
      if (piece !== undefined) yield piece;
      await this.#pass();
    }
  }

  /** What a generator returns, its turns taken. */
  async result<T>(work: Generator<undefined, T>): Promise<T> {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      await this.#pass();
    }
  }
}
