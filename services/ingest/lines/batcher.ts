// Points into batches, one shard each. A batch leaves as soon as one of a few slots is free, so that an idle pipeline adds
// no delay and a busy one grows its batches by itself: no timer, no tuning. Batches leave in the order they were begun,
// so a series is never reordered. Bounded by what the consumer may leave unacknowledged.

import { SHARD_COUNT } from '#domain/shard.ts';
import { topics } from '#domain/topic.ts';
import { LineBuffer } from './line-buffer.ts';

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

/** As many as may well be on their way and begun at one time. */
const SPARE_MAX = 16;

type Batch = { readonly shard: number; readonly lines: LineBuffer; receipts: Receipt[]; traceparent?: string };

export type BatcherOptions = {
  /** Resolves when the broker has taken the batch, whose bytes are not touched before; called in order. */
  readonly publish: (topic: string, payload: Buffer, traceparent: string | undefined) => Promise<void>;
  /** Asked for each line: a broker may take less than we would send. */
  readonly bytesMax: () => number;
  readonly slots: number;
  readonly onBatch?: () => void;
};

export class Batcher {
  readonly #options: BatcherOptions;
  readonly #open: (Batch | undefined)[] = Array.from({ length: SHARD_COUNT }, () => undefined);
  /** Buffers that have served: of the size that batches have here, and at hand. */
  readonly #spare: LineBuffer[] = [];
  readonly #queue: Batch[] = [];
  #inFlight = 0;
  #isPumpScheduled = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /**
   * Where the next line of a shard is to be written, at once and behind a newline where it is not the first; the receipt is released when the broker has
   * it.
   */
  lineOf(shard: number, receipt: Receipt): LineBuffer {
    let batch = this.#open[shard];
    // A full one is closed, however busy we are: it waits for its turn, and this line begins another.
    if (batch === undefined || batch.lines.length + 1 >= this.#options.bytesMax()) {
      batch = { shard, lines: this.#spare.pop() ?? new LineBuffer(), receipts: [] };
      this.#open[shard] = batch;
      this.#queue.push(batch);
    }
    if (batch.receipts.at(-1) !== receipt) {
      receipt.hold();
      batch.receipts.push(receipt);
    }
    // A batch is of many messages and has one trace: that of the first that has any.
    if (receipt.traceparent !== undefined) batch.traceparent ??= receipt.traceparent;
    if (!this.#isPumpScheduled) {
      this.#isPumpScheduled = true;
      // After everything that has just been read has been added, and before anything else happens.
      queueMicrotask(() => this.#pump());
    }
    return batch.lines;
  }

  #pump(): void {
    this.#isPumpScheduled = false;
    while (this.#inFlight < this.#options.slots) {
      const batch = this.#queue.shift();
      if (batch === undefined) return;
      if (this.#open[batch.shard] === batch) this.#open[batch.shard] = undefined;
      this.#inFlight++;
      this.#options.onBatch?.();
      this.#options.publish(topics.points(batch.shard), batch.lines.written, batch.traceparent).then(
        () => this.#onTaken(batch),
        // Only a closing bus refuses: the messages stay unacknowledged and come again to our next life.
        () => {},
      );
    }
  }

  #onTaken(batch: Batch): void {
    this.#inFlight--;
    if (this.#spare.length < SPARE_MAX) {
      batch.lines.empty();
      this.#spare.push(batch.lines);
    }
    for (const receipt of batch.receipts) receipt.release();
    this.#pump();
  }
}
