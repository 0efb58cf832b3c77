// Up to where the store has the journal: lanes finish out of order, and the place before which nothing is missing is that of
// the oldest message that is not done.

import type { Place } from '#runtime/segment-log/record.ts';
import { type Entry, endOf } from './journal.ts';

/** A message on its way through a lane. */
export type Sending = Entry & { isDone: boolean };

/** Cutting the finished front off one by one would move the whole array each time. */
const FINISHED_KEPT = 1_024;

export class Progress {
  #sendings: Sending[] = [];
  #head = 0;
  #sent: Place;

  constructor(from: Place) {
    this.#sent = from;
  }

  /** In the journal's order. */
  add(entry: Entry): Sending {
    const sending = { ...entry, isDone: false };
    this.#sendings.push(sending);
    return sending;
  }

  done(sendings: readonly Sending[]): void {
    for (const sending of sendings) sending.isDone = true;
    for (let first = this.oldest; first?.isDone === true; first = this.oldest) {
      this.#sent = endOf(first.position);
      this.#head++;
    }
    if (this.#head < FINISHED_KEPT && this.#head < this.#sendings.length) return;
    this.#sendings.splice(0, this.#head);
    this.#head = 0;
  }

  /** The store has everything before this place. */
  get sent(): Place {
    return this.#sent;
  }

  /** The oldest message that the store does not have. */
  get oldest(): Sending | undefined {
    return this.#sendings[this.#head];
  }
}
