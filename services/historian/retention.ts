// Deletes what its retention policy has ended, now and then.

import type { Log } from '#runtime/log.ts';
import type { HistorianParts } from './http/historian-parts.ts';

export class Retention {
  readonly #parts: Pick<HistorianParts, 'store' | 'now'>;
  readonly #log: Log;
  #isRunning = false;

  constructor(parts: Pick<HistorianParts, 'store' | 'now'>, log: Log) {
    this.#parts = parts;
    this.#log = log;
  }

  /** One round; does nothing while the one before still runs. Never rejects: the next round tries again. */
  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#parts.store.expire(this.#parts.now() * 1_000);
    } catch (error) {
      this.#log.error({ err: error }, 'old samples could not be deleted');
    } finally {
      this.#isRunning = false;
    }
  }
}
