// Up to where the store has the journal: lanes finish out of order, and the place before which nothing is missing is that of
// the oldest message that is not done.

import type { Place } from '#runtime/segment-log/record.ts';
import { type Entry, endOf } from './journal.ts';

/** Cutting the finished front off one by one would move the whole array each time. */
const FINISHED_KEPT = 1_024;

export class Progress {
  #entries: Entry[] = [];
  #head = 0;
  #sent: Place;

  constructor(from: Place) {
    this.#sent = from;
  }

  /** In the journal's order. */
  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  done(entries: readonly Entry[]): void {
    for (const entry of entries) entry.isDone = true;
    for (let first = this.oldest; first?.isDone === true; first = this.oldest) {
      this.#sent = endOf(first.position);
      this.#head++;
    }
    if (this.#head < FINISHED_KEPT && this.#head < this.#entries.length) return;
    this.#entries.splice(0, this.#head);
    this.#head = 0;
  }

  /** The store has everything before this place. */
  get sent(): Place {
    return this.#sent;
  }

  /** The oldest message that the store does not have. */
  get oldest(): Entry | undefined {
    return this.#entries[this.#head];
  }
}
