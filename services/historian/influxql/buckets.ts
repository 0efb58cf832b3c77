// Accumulators of one function over one tag set, one per time bucket, made when a bucket's first sample comes.

import type { Accumulator, Picked } from './functions/accumulator.ts';
import type { SampleValue } from './store.ts';
import type { Window } from './window.ts';

export class Buckets {
  readonly #make: () => Accumulator;
  readonly #window: Window | undefined;
  readonly #onNew: () => void;
  readonly #byStart = new Map<number, Accumulator>();
  // Samples come in the order of time, so nearly each one belongs where the last one did.
  #current: Accumulator | undefined;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(make: () => Accumulator, window: Window | undefined, onNew: () => void) {
    this.#make = make;
    this.#window = window;
    this.#onNew = onNew;
  }

  add(time: number, value: SampleValue, member: number): void {
    if (this.#current === undefined || time < this.#from || time >= this.#to) this.#current = this.#bucketOf(time);
    this.#current.add(time, value, member);
  }

  #bucketOf(time: number): Accumulator {
    this.#from = this.#window?.startOf(time) ?? Number.NEGATIVE_INFINITY;
    this.#to = this.#window?.next(this.#from) ?? Number.POSITIVE_INFINITY;
    let bucket = this.#byStart.get(this.#from);
    if (bucket === undefined) {
      this.#onNew();
      bucket = this.#make();
      this.#byStart.set(this.#from, bucket);
    }
    return bucket;
  }

  /** Answers by the start of their bucket (minus infinity without buckets), in the order of time. */
  finish(): { readonly start: number; readonly picked: readonly Picked[] }[] {
    return [...this.#byStart]
      .sort(([a], [b]) => a - b)
      .map(([start, bucket]) => ({ start, picked: bucket.finish() }))
      .filter(({ picked }) => picked.length > 0);
  }
}
