// Where the stretches of a fold are put together. Nothing in it outlives one call of a window, so all windows of a function
// share one, and a window that waits for samples costs little.

import type { Cell, Fold } from './fold.ts';
import type { Samples } from './samples.ts';

export class FoldRoom {
  readonly width: number;
  readonly #fold: Fold;
  readonly #total: Cell;
  readonly #single: Cell;
  readonly #left: Cell;
  readonly #right: Cell;
  #isEmpty = true;

  constructor(fold: Fold) {
    const sums = new Float64Array(2 * fold.width);
    this.width = fold.width;
    this.#fold = fold;
    this.#total = { sums, from: 0 };
    this.#single = { sums, from: fold.width };
    this.#left = { sums, from: 0 };
    this.#right = { sums, from: 0 };
  }

  /** `into` becomes the stretch of one sample. */
  start(into: Cell, samples: Samples, index: number): void {
    this.#fold.start(into, samples.timeOf(index), samples.numberOf(index));
  }

  /** `into` goes on with one sample. */
  extend(into: Cell, samples: Samples, index: number): void {
    this.#fold.extend(into, samples.timeOf(index), samples.numberOf(index));
  }

  /** A stretch of `sums`, until the next call of this method. */
  leftOf(sums: Float64Array, from: number): Cell {
    return pointed(this.#left, sums, from);
  }

  /** `left` goes on with a stretch of `sums`. */
  absorb(left: Cell, sums: Float64Array, from: number): void {
    this.#fold.absorb(left, pointed(this.#right, sums, from));
  }

  copy(into: Cell, sums: Float64Array, from: number): void {
    for (let i = 0; i < this.width; i++) into.sums[into.from + i] = sums[from + i] as number;
  }

  /** A total is begun; its stretches are given oldest first. */
  begin(): void {
    this.#isEmpty = true;
  }

  take(sums: Float64Array, from: number): void {
    if (this.#isEmpty) this.copy(this.#total, sums, from);
    else this.absorb(this.#total, sums, from);
    this.#isEmpty = false;
  }

  takeSample(samples: Samples, index: number): void {
    this.start(this.#single, samples, index);
    this.take(this.#single.sums, this.#single.from);
  }

  value(count: number, perMs: number): number | undefined {
    return this.#fold.value(this.#total, count, perMs);
  }
}

function pointed(cell: Cell, sums: Float64Array, from: number): Cell {
  cell.sums = sums;
  cell.from = from;
  return cell;
}
