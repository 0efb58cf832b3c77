// What became of notices, and who was told what, on its way to the store: written with the next tick, all in one transaction.
// Each by itself would wait for the disk, and five thousand alarms that come together would keep the service for seconds. A
// kill before the tick tells some of it twice, as one between a letter and its record would.

import { isDiskFull, type NoticeChanges, type StateStore } from './state-store.ts';

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
