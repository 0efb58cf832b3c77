// A sum over all pairs of neighbours among the samples. It takes out what it put in, so it is for measures that are whole
// numbers only (milliseconds, counts): those are exact however often they are added and subtracted.

import type { Samples } from './samples.ts';

export class NeighbourSum {
  #total: number;
  readonly #samples: Samples;
  /** Of the pair that begins at this index. */
  readonly #measure: (index: number) => number;

  constructor(samples: Samples, measure: (index: number) => number) {
    this.#samples = samples;
    this.#measure = measure;
    this.#total = this.#between(samples.first, samples.end);
  }

  get total(): number {
    return this.#total;
  }

  joined(): void {
    if (this.#samples.count > 1) this.#total += this.#measure(this.#samples.end - 2);
  }

  leaving(): void {
    if (this.#samples.count > 1) this.#total -= this.#measure(this.#samples.first);
  }

  parting(from: number, to: number): void {
    this.#total -= this.#between(from, to);
  }

  paired(from: number, to: number): void {
    this.#total += this.#between(from, to);
  }

  #between(from: number, to: number): number {
    let sum = 0;
    const last = Math.min(to, this.#samples.end - 2);
    for (let index = Math.max(from, this.#samples.first); index <= last; index++) sum += this.#measure(index);
    return sum;
  }
}
