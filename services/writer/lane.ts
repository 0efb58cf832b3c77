// One lane to the store: one request at a time, in order of arrival, for ever. What is temporary is tried again with growing
// jittered pauses; what the store refuses is halved until the bad lines stand alone, so no good line is lost to a bad one.

import { setTimeout as pause } from 'node:timers/promises';
import pRetry from 'p-retry';
import { decodeLines } from '#domain/line-protocol.ts';
import type { Store } from './influx.ts';
import { StoreError } from './store-error.ts';

/** Lines of one message, and what to do when they are safe. */
export type Parcel = { readonly lines: string; readonly onSafe: () => void };

export type LaneOptions = {
  readonly store: Store;
  readonly requestBytesMax: number;
  readonly retryMsMax: number;
  readonly signal: AbortSignal;
  /** Takes a line that the store refuses for good; resolves when it is kept elsewhere. */
  readonly onRefused: (line: string, reason: string) => Promise<void>;
  readonly onWritten: (lines: string, seconds: number) => void;
  /** The store's words after a failed try; undefined after one that went through. */
  readonly onTry: (problem: string | undefined) => void;
  /** Monotonic seconds. */
  readonly clock: () => number;
};

const RETRY_MS_MIN = 200;
/** What a store may ask for; a proxy that says a day must not stop the writer for one. */
const RETRY_AFTER_MS_MAX = 300_000;

export class Lane {
  readonly #options: LaneOptions;
  #waiting: Parcel[] = [];
  #running: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  add(parcel: Parcel): void {
    this.#waiting.push(parcel);
    this.#running ??= this.#run();
  }

  /** Resolves once nothing is worked on any more; at once after the signal was given. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    while (this.#waiting.length > 0 && !signal.aborted) {
      const parcels = this.#takeParcels();
      try {
        await this.#untilStopped(this.#write(parcels.map((parcel) => parcel.lines).join('\n')));
      } catch (error) {
        if (signal.aborted) break; // not acknowledged, so the broker sends it again to our next life
        throw error;
      }
      for (const parcel of parcels) parcel.onSafe();
    }
    this.#running = undefined;
  }

  /** A request that hangs, or a rejection that waits for a broker, must not hold up the end of the process. */
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
  #takeParcels(): Parcel[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length) {
      bytes += (this.#waiting[count]?.lines.length ?? 0) + 1;
      if (count > 0 && bytes > this.#options.requestBytesMax) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #write(lines: string): Promise<void> {
    const { onRefused, onWritten, clock } = this.#options;
    const startedAt = clock();
    const refusal = await this.#writeUntilAnswered(lines);
    if (refusal === undefined) {
      onWritten(lines, clock() - startedAt);
      return;
    }
    const good: string[] = [];
    const bad: [line: string, reason: string][] = [];
    decodeLines(
      lines,
      (_line, _lineNumber, text) => good.push(text), // as it came: what can be read cannot always be written again
      ({ line, reason }) => bad.push([line, reason]),
    );
    for (const [line, reason] of bad) await onRefused(line, reason);
    const [only] = good;
    if (good.length === 1 && only !== undefined && bad.length === 0) {
      await onRefused(only, refusal);
      return;
    }
    const half = bad.length > 0 ? good.length : Math.ceil(good.length / 2);
    if (half > 0) await this.#write(good.slice(0, half).join('\n'));
    if (half < good.length) await this.#write(good.slice(half).join('\n'));
  }

  /** undefined when the store has the lines; its own words where it refuses what is in them. */
  async #writeUntilAnswered(lines: string): Promise<string | undefined> {
    const { store, retryMsMax, signal, onTry } = this.#options;
    try {
      await pRetry(() => store.write(lines), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: RETRY_MS_MIN,
        maxTimeout: retryMsMax,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => error instanceof StoreError && error.remedy !== 'split',
        onFailedAttempt: async ({ error }) => {
          if (!(error instanceof StoreError) || error.remedy === 'split') return;
          onTry(error.message);
          if (error.retryAfterMs !== undefined)
            await pause(Math.min(error.retryAfterMs, RETRY_AFTER_MS_MAX), undefined, { signal });
          if (error.remedy === 'create') await store.create().catch(() => []);
        },
      });
    } catch (error) {
      if (!(error instanceof StoreError) || signal.aborted) throw error;
      onTry(undefined);
      return error.message;
    }
    onTry(undefined);
    return undefined;
  }
}
