// Messages from the broker into the journal. A message is acknowledged when it is on disk; while the journal is full it is
// held, unread messages wait at the broker, and nothing is dropped.

import { parseTopic } from '#domain/topic.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { Entry, Journal, NewEntry } from './journal.ts';

export type IntakeOptions = {
  readonly journal: Pick<Journal<unknown>, 'append' | 'commit' | 'bytes'>;
  /** The journal takes no more beyond this. */
  readonly journalBytesMax: number;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly onAppended: (entry: Entry) => void;
  /** The entry and all before it are on disk. */
  readonly onCommitted: (entry: Entry) => void;
};

export class Intake {
  readonly #options: IntakeOptions;
  /** As much as the consumer's window lets through unacknowledged. */
  #held: Delivery[] = [];

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  take(delivery: Delivery): void {
    if (this.#held.length > 0 || this.#isFull) this.#held.push(delivery);
    else this.#append(delivery);
  }

  /** There may be room again. */
  resume(): void {
    let count = 0;
    for (; count < this.#held.length && !this.#isFull; count++) {
      const delivery = this.#held[count];
      if (delivery !== undefined) this.#append(delivery);
    }
    this.#held.splice(0, count);
  }

  /** Something of our own, to stand among the messages where it is now. */
  note(note: NewEntry): void {
    this.#put(note, () => {});
  }

  problem(): string | undefined {
    if (this.#held.length === 0) return undefined;
    const { journal, journalBytesMax } = this.#options;
    return `the journal is full (${journal.bytes} of ${journalBytesMax} bytes): nothing more is read from the broker until the store has taken some of it`;
  }

  get #isFull(): boolean {
    return this.#options.journal.bytes >= this.#options.journalBytesMax;
  }

  #append({ topic, payload, ack }: Delivery): void {
    const parsed = parseTopic(topic);
    if ((parsed?.kind !== 'points' && parsed?.kind !== 'journal') || payload.length === 0) {
      ack();
      return;
    }
    this.#put({ kind: parsed.kind, shard: parsed.shard, receivedAt: this.#options.now(), payload }, ack);
  }

  #put(given: NewEntry, onSafe: () => void): void {
    const { journal, onAppended, onCommitted } = this.#options;
    const entry = journal.append(given);
    onAppended(entry);
    void journal.commit().then(() => {
      onCommitted(entry);
      onSafe();
    });
  }
}
