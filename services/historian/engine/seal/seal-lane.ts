// What the sealer is asked to do, one after another. A full disk makes it wait and try again, so writers that need room wait
// too; any other failure is the end: the owner exits, and the next start reads what is really there.

import { isFull } from '../sqlite.ts';
import type { Sealer, SealJob } from './sealer.ts';

export const SEALER_CALLS = ['seal', 'delete', 'dropTracks', 'dropPolicy', 'expire', 'sweep'] as const;

type Jobs = Pick<Sealer, (typeof SEALER_CALLS)[number]>;

/** The sealer, wherever it runs. Rejects with what it throws. */
export type SealerPort = {
  readonly [name in keyof Jobs]: (...args: Parameters<Jobs[name]>) => Promise<ReturnType<Jobs[name]>>;
};

export type SealLaneParts = {
  readonly onFatal: (error: Error) => void;
  /** Resolves after so many milliseconds, or when the signal says so. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type Sealing = {
  /** Made when its turn has come. */
  readonly job: () => SealJob;
  /** Nothing of the generation is needed any more. */
  readonly done: () => Promise<void>;
};

const FULL_RETRY_MS = 1_000;

export class SealLane {
  readonly #sealer: SealerPort;
  readonly #parts: SealLaneParts;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #problem: string | undefined;

  constructor(sealer: SealerPort, parts: SealLaneParts) {
    this.#sealer = sealer;
    this.#parts = parts;
  }

  /** Never rejects: where it fails for good, it never resolves. */
  run<T>(work: (sealer: SealerPort) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#untilRoom(() => work(this.#sealer)));
    this.#last = result;
    return result;
  }

  async seal({ job, done }: Sealing): Promise<void> {
    let made: SealJob | undefined;
    await this.run((sealer) => {
      made ??= job();
      return sealer.seal(made).then(done);
    });
  }

  /** Resolves when nothing is asked of the sealer any more. */
  async idle(): Promise<void> {
    for (let last: Promise<unknown> | undefined; last !== this.#last; ) {
      last = this.#last;
      await last;
    }
  }

  /** Why chunks cannot be written just now, in words. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** What still waits for room waits no more. */
  close(): void {
    this.#closing.abort();
  }

  async #untilRoom<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await work();
        this.#problem = undefined;
        return result;
      } catch (error) {
        if (!isFull(error)) {
          this.#parts.onFatal(error as Error);
          return new Promise(() => {});
        }
        this.#problem = `the disk is full: chunks cannot be written (${(error as Error).message})`;
      }
      await this.#parts.wait(FULL_RETRY_MS, this.#closing.signal);
      if (this.#closing.signal.aborted) return new Promise(() => {});
    }
  }
}

/** A sealer of this thread. */
export function inThisThread(sealer: Sealer): SealerPort {
  const call = (name: keyof Jobs) => async (job: never) => sealer[name](job);
  return Object.fromEntries(SEALER_CALLS.map((name) => [name, call(name)])) as SealerPort;
}
