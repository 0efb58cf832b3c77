// Writes that arrive together share one transaction, and so one wait for the disk. The queue is bounded: what does not fit
// is refused at once, and the one who writes keeps it and comes again.

import type { Engine, WriteOutcome, WriteRequest } from './engine.ts';

const WAITING_MAX = 256;

export class QueueFullError extends Error {
  constructor() {
    super(`more than ${WAITING_MAX} writes are waiting`);
  }
}

type Waiting = { readonly request: WriteRequest; readonly result: PromiseWithResolvers<WriteOutcome> };

export class WriteQueue {
  readonly #engine: Engine;
  readonly #pause: () => Promise<void>;
  #waiting: Waiting[] = [];

  /** `pause` resolves when everything that has already arrived was read. */
  constructor(engine: Engine, pause: () => Promise<void>) {
    this.#engine = engine;
    this.#pause = pause;
  }

  /** Resolves when the request is on the disk. Rejects where it could not be stored: none of it then is. */
  write(request: WriteRequest): Promise<WriteOutcome> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(new QueueFullError());
    const result = Promise.withResolvers<WriteOutcome>();
    this.#waiting.push({ request, result });
    if (this.#waiting.length === 1) void this.#pause().then(() => this.#store());
    return result.promise;
  }

  #store(): void {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      const outcomes = this.#engine.write(group.map(({ request }) => request));
      for (const [i, { result }] of group.entries()) result.resolve(outcomes[i] as WriteOutcome);
    } catch (error) {
      for (const { result } of group) result.reject(error);
    }
  }
}
