// A fold over a sliding window, O(1) amortised per sample. Time is cut at whole multiples of the window's length: the samples
// before the last cut only leave, so they are folded from their newest to their oldest; those after it only come, so they are
// folded as they come; a value is both put together. Slices of a 32nd of a window keep the turn at a cut short: only sums of
// slices are turned, and samples one slice at a time, when the window's edge reaches it.
// What is folded with what depends on the samples and on `now` alone, not on how they came there: a late sample, a restart and
// an order of arrival change no bit of the value.

import { BlockList } from './block-list.ts';
import type { Cell, Fold } from './fold.ts';
import type { Gauge } from './gauge.ts';
import type { Samples } from './samples.ts';
import type { WindowSpec } from './window-spec.ts';

/** A turn costs so many merges, and opening a slice a 32nd of the samples: with 600,000 samples both stay well under 1 ms. */
const SLICES = 32;

export class BlockFold implements Gauge {
  readonly #samples: Samples;
  readonly #spec: WindowSpec;
  readonly #fold: Fold;
  /** The slice that begins at the last cut; NaN: nothing is folded. */
  #cut = Number.NaN;
  /** Before the cut: each with the sums of itself and of all that follow it. */
  #old: BlockList;
  /** The first block of #old that is not opened yet. */
  #oldNext = 0;
  /** The oldest slice, opened: for each of its samples from #frontFrom on the sums to the slice's end. */
  #front: Float64Array = new Float64Array(0);
  #frontFrom = 0;
  #frontEnd = 0;
  /** After the cut: each with its own sums; the last is still growing. */
  #fresh: BlockList;
  #freshFrom = 0;
  /** All of #fresh but its last block. */
  readonly #closed: Cell;
  /** The next sample to be folded. The newest one stays outside while it is after the cut: to correct it then costs nothing. */
  #folded = 0;
  readonly #total: Cell;
  #hasTotal = false;
  readonly #left: Cell;
  readonly #right: Cell;
  readonly #single: Cell;

  constructor(samples: Samples, spec: WindowSpec, fold: Fold) {
    this.#samples = samples;
    this.#spec = spec;
    this.#fold = fold;
    this.#old = new BlockList(fold.width);
    this.#fresh = new BlockList(fold.width);
    const [closed, total, single] = [0, fold.width, 2 * fold.width];
    const sums = new Float64Array(3 * fold.width);
    this.#closed = { sums, from: closed };
    this.#total = { sums, from: total };
    this.#single = { sums, from: single };
    this.#left = { sums, from: 0 };
    this.#right = { sums, from: 0 };
  }

  joined(): void {
    if (this.#sliceOf(this.#samples.end - 1) < this.#cut) this.#forget();
  }

  leaving(): void {}

  parting(): void {}

  paired(_from: number, to: number): void {
    if (to < this.#freshFrom || this.#sliceOf(to) < this.#cut) this.#forget();
    else if (to < this.#folded) this.#rewind(to);
  }

  value(now: number): number | undefined {
    this.#settle(now);
    this.#gather();
    return this.#fold.value(this.#total, this.#samples.count, this.#spec);
  }

  /** Everything is folded anew at the next value: a sample came before the cut, which is rare and short after the cut only. */
  #forget(): void {
    this.#cut = Number.NaN;
  }

  #sliceOf(index: number): number {
    return Math.floor((this.#samples.timeOf(index) * SLICES) / this.#spec.windowMs);
  }

  #settle(now: number): void {
    const samples = this.#samples;
    const cut = Math.floor(now / this.#spec.windowMs) * SLICES;
    // Time lets only old samples go; where fresh ones are gone, the window was full.
    if (cut !== this.#cut || samples.first > this.#freshFrom) this.#turn(cut);
    const newest = samples.end - 1;
    while (this.#folded < newest) this.#foldNext();
    if (samples.first >= this.#frontEnd && samples.first < this.#freshFrom) this.#openFront();
  }

  /** Makes of the samples before `cut` the old ones. */
  #turn(cut: number): void {
    const { first, end } = this.#samples;
    if (cut !== this.#cut + SLICES || this.#folded < first) {
      this.#fresh.count = 0;
      this.#folded = first;
    }
    while (this.#folded < end && this.#sliceOf(this.#folded) < cut) this.#foldNext();
    [this.#old, this.#fresh] = [this.#fresh, this.#old];
    this.#foldBackwards();
    this.#oldNext = 0;
    this.#frontEnd = first;
    this.#fresh.count = 0;
    this.#freshFrom = this.#folded;
    this.#cut = cut;
  }

  #foldBackwards(): void {
    const { sums, count } = this.#old;
    const width = this.#fold.width;
    for (let block = count - 2; block >= 0; block--) this.#absorb(sums, block * width, (block + 1) * width);
  }

  #absorb(sums: Float64Array, left: number, right: number): void {
    this.#left.sums = sums;
    this.#left.from = left;
    this.#right.sums = sums;
    this.#right.from = right;
    this.#fold.absorb(this.#left, this.#right);
  }

  #foldNext(): void {
    const fresh = this.#fresh;
    const index = this.#folded++;
    const slice = this.#sliceOf(index);
    if (slice > fresh.newest) {
      if (fresh.count > 0) this.#close(fresh.count - 1);
      fresh.push(slice, index + 1);
      this.#startSample(this.#lastFresh(), index);
    } else {
      fresh.ends[fresh.count - 1] = index + 1;
      this.#startSample(this.#single, index);
      this.#fold.absorb(this.#lastFresh(), this.#single);
    }
  }

  #startSample(into: Cell, index: number): void {
    this.#fold.start(into, this.#samples.timeOf(index), this.#samples.numberOf(index));
  }

  #lastFresh(): Cell {
    this.#left.sums = this.#fresh.sums;
    this.#left.from = (this.#fresh.count - 1) * this.#fold.width;
    return this.#left;
  }

  /** The block takes its place behind those that were closed before it. */
  #close(block: number): void {
    const { sums } = this.#fresh;
    const from = block * this.#fold.width;
    this.#right.sums = sums;
    this.#right.from = from;
    if (block === 0) copy(this.#closed, this.#right, this.#fold.width);
    else this.#fold.absorb(this.#closed, this.#right);
  }

  /** Takes back what was folded from the slice of the sample `index` on. */
  #rewind(index: number): void {
    const fresh = this.#fresh;
    const slice = this.#sliceOf(index);
    while (fresh.newest >= slice) fresh.count--;
    this.#folded = fresh.count === 0 ? this.#freshFrom : fresh.endOf(fresh.count - 1);
    for (let block = 0; block < fresh.count - 1; block++) this.#close(block);
  }

  /** The slice in which the oldest sample lies, folded from its newest sample to that one. */
  #openFront(): void {
    const old = this.#old;
    const { first } = this.#samples;
    const width = this.#fold.width;
    while (old.endOf(this.#oldNext) <= first) this.#oldNext++;
    this.#frontFrom = first;
    this.#frontEnd = old.endOf(this.#oldNext++);
    this.#front = fitted(this.#front, (this.#frontEnd - first) * width);
    for (let index = this.#frontEnd - 1; index >= first; index--) {
      const from = (index - first) * width;
      this.#left.sums = this.#front;
      this.#left.from = from;
      this.#startSample(this.#left, index);
      if (index < this.#frontEnd - 1) this.#absorb(this.#front, from, from + width);
    }
  }

  /** All stretches of the window, oldest first, as one. */
  #gather(): void {
    const { first, end } = this.#samples;
    const width = this.#fold.width;
    this.#hasTotal = false;
    if (first < this.#freshFrom) {
      this.#take(this.#front, (first - this.#frontFrom) * width);
      if (this.#oldNext < this.#old.count) this.#take(this.#old.sums, this.#oldNext * width);
    }
    if (this.#fresh.count > 1) this.#take(this.#closed.sums, this.#closed.from);
    if (this.#fresh.count > 0) this.#take(this.#fresh.sums, (this.#fresh.count - 1) * width);
    if (this.#folded === end) return;
    this.#startSample(this.#single, end - 1);
    this.#take(this.#single.sums, this.#single.from);
  }

  #take(sums: Float64Array, from: number): void {
    this.#right.sums = sums;
    this.#right.from = from;
    if (this.#hasTotal) this.#fold.absorb(this.#total, this.#right);
    else copy(this.#total, this.#right, this.#fold.width);
    this.#hasTotal = true;
  }
}

function copy(into: Cell, of: Cell, width: number): void {
  for (let i = 0; i < width; i++) into.sums[into.from + i] = of.sums[of.from + i] as number;
}

/** The same array while it is neither too short nor eight times too long. */
function fitted(sums: Float64Array, length: number): Float64Array {
  return sums.length >= length && sums.length <= length * 8 ? sums : new Float64Array(length);
}
