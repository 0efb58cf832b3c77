// What became of notices, and who was told what, on its way to the store. That somebody was told is written at once: a letter
// takes longer than a disk, and whoever has it is not to have it again after a kill. What nobody needed to hear is struck off
// with the next tick, all in one transaction: five thousand alarms that come together would keep the service for seconds.

import { isDiskFull } from '#runtime/disk-full.ts';
import type { NoticeChanges, StateStore } from './state-store.ts';

export class NoticeRecords implements Disposable {
  readonly #store: Pick<StateStore, 'record'>;
  #done: number[] = [];
  #told = new Map<string, string | null>();

  constructor(store: Pick<StateStore, 'record'>) {
    this.#store = store;
  }

  /** The notice need not be kept any more. */
  strikeOff(id: number): void {
    this.#done.push(id);
  }

  keep(key: string, record: string): void {
    this.#put(key, record);
    this.flush();
  }

  forget(key: string): void {
    this.#put(key, null);
  }

  /** The store gives records back in the order in which they were last put. */
  #put(key: string, record: string | null): void {
    this.#told.delete(key);
    this.#told.set(key, record);
  }

  /** Writes it down; what a full disk does not take stays for the next time. */
  flush(): void {
    if (this.#done.length === 0 && this.#told.size === 0) return;
    const changes: NoticeChanges = { done: this.#done, told: this.#told };
    try {
      this.#store.record(changes);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return;
    }
    this.#done = [];
    this.#told = new Map();
  }

  [Symbol.dispose](): void {
    this.flush();
  }
}
