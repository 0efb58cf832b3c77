// The samples of one window, oldest first, in a ring that doubles and halves with what it holds: each sample's moment and value
// side by side, so that going through a window is one walk through memory. A sample is named by its index, which counts up
// from the first sample ever and stays the same when older ones are dropped. The one that was dropped last stays in the ring,
// before the first: it may still be held at the window's left edge.

import type { Value } from '#domain/point.ts';

const CAPACITY_MIN = 8;

export class Samples {
  #ring = new Float64Array(2 * CAPACITY_MIN);
  /** Values that are no numbers have a ring of their own, which only a function that compares anything pays for. */
  #others: Value[] | undefined;
  #mask = CAPACITY_MIN - 1;
  #first = 0;
  #end = 0;

  constructor(holds: 'numbers' | 'anything') {
    this.#others = holds === 'numbers' ? undefined : new Array<Value>(CAPACITY_MIN).fill(0);
    this.setLeft(Number.NEGATIVE_INFINITY, 0);
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

  /** When the sample was measured that was dropped last; -Infinity where none was. */
  get leftAt(): number {
    return this.timeOf(this.#first - 1);
  }

  get leftValue(): Value {
    return this.valueOf(this.#first - 1);
  }

  setLeft(at: number, value: Value): void {
    this.#put(this.#first - 1, at, value);
  }

  /** Infinity where there is none. */
  get oldestAt(): number {
    return this.#end === this.#first ? Number.POSITIVE_INFINITY : this.timeOf(this.#first);
  }

  /** The newest ever seen, held or dropped. */
  get newestAt(): number {
    return this.timeOf(this.#end - 1);
  }

  timeOf(index: number): number {
    return this.#ring[2 * (index & this.#mask)] as number;
  }

  valueOf(index: number): Value {
    return this.#others === undefined ? this.numberOf(index) : (this.#others[index & this.#mask] as Value);
  }

  /** Where all values are numbers. */
  numberOf(index: number): number {
    return this.#ring[2 * (index & this.#mask) + 1] as number;
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
    // One place is for the sample that was dropped last.
    if (this.count === this.#mask) this.#resize(2 * (this.#mask + 1));
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
    this.#put(index, this.timeOf(index), value);
  }

  dropOldest(): void {
    this.#first++;
    const capacity = this.#mask + 1;
    if (capacity > CAPACITY_MIN && (this.count + 1) * 4 <= capacity) this.#resize(capacity / 2);
  }

  /** The newest becomes the one that was dropped last. */
  dropAll(): void {
    this.#first = this.#end;
    if (this.#mask >= CAPACITY_MIN) this.#resize(CAPACITY_MIN);
  }

  #put(index: number, at: number, value: Value): void {
    const place = index & this.#mask;
    this.#ring[2 * place] = at;
    if (this.#others === undefined) this.#ring[2 * place + 1] = value as number;
    else this.#others[place] = value;
  }

  #resize(capacity: number): void {
    const ring = new Float64Array(2 * capacity);
    const others = this.#others && new Array<Value>(capacity).fill(0);
    const mask = capacity - 1;
    for (let i = this.#first - 1; i < this.#end; i++) {
      ring[2 * (i & mask)] = this.timeOf(i);
      ring[2 * (i & mask) + 1] = this.numberOf(i);
      if (others !== undefined) others[i & mask] = this.valueOf(i);
    }
    this.#ring = ring;
    this.#others = others;
    this.#mask = mask;
  }
}
