// Points into batches, one shard each. A batch leaves as soon as one of a few slots is free, so that an idle pipeline adds
// no delay and a busy one grows its batches by itself: no timer, no tuning. Batches leave in the order they were begun,
// so a series is never reordered. Bounded by what the consumer may leave unacknowledged.

import { topics } from '#domain/topic.ts';

/** Counts what of one message is still under way; runs its action when nothing is. */
export class Receipt {
  /** The trace of the message, where it has one. */
  readonly traceparent: string | undefined;
  #open = 1;
  readonly #onDone: () => void;

  constructor(onDone: () => void, traceparent?: string) {
    this.#onDone = onDone;
    this.traceparent = traceparent;
  }

  hold(): void {
    this.#open++;
  }

  release(): void {
    if (--this.#open === 0) this.#onDone();
  }
}

type Batch = { readonly shard: number; lines: string[]; bytes: number; receipts: Receipt[]; traceparent?: string };

export type BatcherOptions = {
  /** Resolves when the broker has taken the batch; called in order. */
  readonly publish: (topic: string, payload: string, traceparent: string | undefined) => Promise<void>;
  /** Asked for each line: a broker may take less than we would send. */
  readonly bytesMax: () => number;
  readonly slots: number;
  readonly onBatch?: () => void;
};

export class Batcher {
  readonly #options: BatcherOptions;
  readonly #open = new Map<number, Batch>();
  readonly #queue: Batch[] = [];
  #inFlight = 0;
  #isPumpScheduled = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** Adds one line to its shard's batch; the receipt is released when the broker has it. */
  add(line: string, shard: number, receipt: Receipt): void {
    let batch = this.#open.get(shard);
    if (batch === undefined) {
      batch = { shard, lines: [], bytes: 0, receipts: [] };
      this.#open.set(shard, batch);
      this.#queue.push(batch);
    }
    batch.lines.push(line);
    batch.bytes += line.length + 1;
    if (batch.receipts.at(-1) !== receipt) {
      receipt.hold();
      batch.receipts.push(receipt);
    }
    // A batch is of many messages and has one trace: that of the first that has any.
    if (receipt.traceparent !== undefined) batch.traceparent ??= receipt.traceparent;
    if (batch.bytes >= this.#options.bytesMax()) this.#open.delete(shard); // closed: the next line begins another
    if (!this.#isPumpScheduled) {
      this.#isPumpScheduled = true;
      // After everything that has just been read has been added, and before anything else happens.
      queueMicrotask(() => this.#pump());
    }
  }

  #pump(): void {
    this.#isPumpScheduled = false;
    while (this.#inFlight < this.#options.slots) {
      const batch = this.#queue.shift();
      if (batch === undefined) return;
      if (this.#open.get(batch.shard) === batch) this.#open.delete(batch.shard);
      this.#inFlight++;
      this.#options.onBatch?.();
      this.#options.publish(topics.points(batch.shard), batch.lines.join('\n'), batch.traceparent).then(
        () => this.#onTaken(batch),
        // Only a closing bus refuses: the messages stay unacknowledged and come again to our next life.
        () => {},
      );
    }
  }

  #onTaken(batch: Batch): void {
    this.#inFlight--;
    for (const receipt of batch.receipts) receipt.release();
    this.#pump();
  }
}
