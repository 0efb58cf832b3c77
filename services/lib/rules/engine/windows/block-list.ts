// Stretches of samples that follow one another, each with the number of its slice of time, the index at which it ends, and its
// sums. Written at the end, read anywhere.

import { NO_SUMS } from './fold.ts';

const CAPACITY_MIN = 4;

export class BlockList {
  count = 0;
  readonly numbers: number[] = [];
  readonly ends: number[] = [];
  sums: Float64Array = NO_SUMS;
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  /** The number of the newest block; -Infinity where there is none. */
  get newest(): number {
    return this.count === 0 ? Number.NEGATIVE_INFINITY : (this.numbers[this.count - 1] as number);
  }

  endOf(block: number): number {
    return this.ends[block] as number;
  }

  /** A block of one sample, whose sums the caller writes. */
  push(number: number, end: number): void {
    if ((this.count + 1) * this.#width > this.sums.length) {
      const wider = new Float64Array(Math.max(CAPACITY_MIN * this.#width, this.sums.length * 2));
      wider.set(this.sums);
      this.sums = wider;
    }
    this.numbers[this.count] = number;
    this.ends[this.count] = end;
    this.count++;
  }
}
