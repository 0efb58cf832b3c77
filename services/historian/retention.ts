// Deletes what is older than its policy allows, now and then, in pieces between which writes and queries go on.

import type { Log } from '#runtime/log.ts';
import type { HistorianParts } from './http/historian-parts.ts';

export class Retention implements Disposable {
  readonly #parts: HistorianParts;
  readonly #log: Log;
  #isRunning = false;
  #isClosed = false;

  constructor(parts: HistorianParts, log: Log) {
    this.#parts = parts;
    this.#log = log;
  }

  /** One round; does nothing while the one before still runs. Never rejects: the next round tries again. */
  async run(): Promise<void> {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    const { engine, now, pause, meters } = this.#parts;
    try {
      const work = engine.expire(now() * 1_000);
      for (let step = work.next(); !this.#isClosed; step = work.next()) {
        if (step.done === true) {
          meters.expired.inc(step.value);
          break;
        }
        await pause();
        if (this.#isClosed) break;
      }
    } catch (error) {
      this.#log.error({ err: error }, 'old samples could not be deleted');
    } finally {
      this.#isRunning = false;
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
  }
}
