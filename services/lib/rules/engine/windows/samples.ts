// The samples of one window, oldest first, in two rings that double and halve with what they hold. A sample is named by its
// index, which counts up from the first sample ever and stays the same when older ones are dropped.

import type { Value } from '#domain/point.ts';

/** Numbers lie flat; only a function that compares texts pays for an array of anything. */
export type ValueStore = Float64Array | Value[];

const CAPACITY_MIN = 8;
const NO_TIMES = new Float64Array(0);

export class Samples {
  /** The sample that was dropped last; -Infinity where none was. */
  leftAt = Number.NEGATIVE_INFINITY;
  leftValue: Value = 0;
  readonly #makeStore: (capacity: number) => ValueStore;
  #times: Float64Array = NO_TIMES;
  #values: ValueStore = NO_TIMES;
  #mask = -1;
  #first = 0;
  #end = 0;

  constructor(makeStore: (capacity: number) => ValueStore) {
    this.#makeStore = makeStore;
  }

  get first(): number {
    return this.#first;
  }

  /** One after the newest. */
  get end(): number {
    return this.#end;
  }

  get count(): number {
    return this.#end - this.#first;
  }

  /** Infinity where there is none. */
  get oldestAt(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.timeOf(this.#first);
  }

  /** The newest ever seen, held or dropped. */
  get newestAt(): number {
    return this.count === 0 ? this.leftAt : this.timeOf(this.#end - 1);
  }

  timeOf(index: number): number {
    return this.#times[index & this.#mask] as number;
  }

  valueOf(index: number): Value {
    return this.#values[index & this.#mask] as Value;
  }

  /** Where the store is one of numbers. */
  numberOf(index: number): number {
    return this.#values[index & this.#mask] as number;
  }

  /** The first sample at `at` or after it; `end` where there is none. */
  indexAt(at: number): number {
    let low = this.#first;
    let high = this.#end;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.timeOf(middle) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  push(at: number, value: Value): void {
    if (this.count > this.#mask) this.#resize(Math.max(CAPACITY_MIN, (this.#mask + 1) * 2));
    this.#put(this.#end, at, value);
    this.#end++;
  }

  /** The samples from `index` on move up by one. */
  insert(index: number, at: number, value: Value): void {
    this.push(at, value);
    for (let i = this.#end - 1; i > index; i--) this.#put(i, this.timeOf(i - 1), this.valueOf(i - 1));
    this.#put(index, at, value);
  }

  replace(index: number, value: Value): void {
    this.#values[index & this.#mask] = value;
  }

  dropOldest(): void {
    this.leftAt = this.timeOf(this.#first);
    this.leftValue = this.valueOf(this.#first);
    this.#first++;
    const capacity = this.#mask + 1;
    if (capacity > CAPACITY_MIN && this.count * 4 <= capacity) this.#resize(capacity / 2);
  }

  /** The newest becomes the one that was dropped last. */
  dropAll(): void {
    this.leftAt = this.timeOf(this.#end - 1);
    this.leftValue = this.valueOf(this.#end - 1);
    this.#first = this.#end;
    this.#times = NO_TIMES;
    this.#values = NO_TIMES;
    this.#mask = -1;
  }

  #put(index: number, at: number, value: Value): void {
    this.#times[index & this.#mask] = at;
    this.#values[index & this.#mask] = value;
  }

  #resize(capacity: number): void {
    const times = new Float64Array(capacity);
    const values = this.#makeStore(capacity);
    const mask = capacity - 1;
    for (let i = this.#first; i < this.#end; i++) {
      times[i & mask] = this.timeOf(i);
      values[i & mask] = this.valueOf(i);
    }
    this.#times = times;
    this.#values = values;
    this.#mask = mask;
  }
}
