// One lane to the store: one request at a time, in order of arrival, for ever.

import { type DeliverOptions, deliver } from './deliver.ts';

/** Lines of one message, and the topic it came on; without any, it waits for its turn all the same, and what it takes is counted. */
export type Parcel = { readonly topic: string; readonly payload: Buffer };

/** Parcels of which every line is in the store, or kept elsewhere. */
export type SafeParcels<P extends Parcel> = {
  readonly parcels: readonly P[];
  /** The payload of each that has any. */
  readonly texts: readonly string[];
  /** From the first try on. */
  readonly seconds: number;
};

export type LaneOptions<P extends Parcel> = DeliverOptions & {
  readonly requestBytesMax: number;
  readonly onSafe: (safe: SafeParcels<P>) => void;
  /** Monotonic seconds. */
  readonly clock: () => number;
};

export class Lane<P extends Parcel> {
  readonly #options: LaneOptions<P>;
  #waiting: P[] = [];
  #running: Promise<void> | undefined;

  constructor(options: LaneOptions<P>) {
    this.#options = options;
  }

  add(parcel: P): void {
    this.#waiting.push(parcel);
    this.#running ??= this.#run();
  }

  /** Resolves once nothing is worked on any more; at once after the signal was given. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal, clock, onSafe } = this.#options;
    while (this.#waiting.length > 0 && !signal.aborted) {
      const parcels = this.#takeParcels();
      const filled = parcels.filter(({ payload }) => payload.length > 0);
      const texts = filled.map(({ payload }) => payload.toString('utf8'));
      const startedAt = clock();
      try {
        // Awaited where there is nothing to deliver, too: `#running` is set before the end may unset it.
        await (filled.length > 0
          ? this.#untilStopped(deliver(texts, (i) => filled[i]?.topic ?? '', this.#options))
          : undefined);
      } catch (error) {
        if (signal.aborted) break; // still in the journal, where our next life finds it
        throw error;
      }
      onSafe({ parcels, texts, seconds: clock() - startedAt });
    }
    this.#running = undefined;
  }

  /** A request that hangs, or a rejection that waits for a disk, must not hold up the end of the process. */
  async #untilStopped(work: Promise<void>): Promise<void> {
    const { signal } = this.#options;
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([work, stopped.promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** As many parcels as one request may hold, and at least one. */
  #takeParcels(): P[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length) {
      bytes += (this.#waiting[count]?.payload.length ?? 0) + 1;
      if (count > 0 && bytes > this.#options.requestBytesMax) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}
