// A fold over a sliding window, O(1) amortised per sample. Time is cut at whole multiples of the window's length: the samples
// before the last cut only leave, so they are folded from their newest to their oldest; those after it only come, so they are
// folded as they come; a value is both put together. Slices of a 32nd of a window keep the turn at a cut short.
// What is folded with what depends on the samples and on `now` alone, not on how they came there: a late sample, a restart and
// an order of arrival change no bit of the value.

import { BlockList } from './block-list.ts';
import type { FoldRoom } from './fold-room.ts';
import type { Gauge } from './gauge.ts';
import { GrowingSlices } from './growing-slices.ts';
import { LeavingSlices } from './leaving-slices.ts';
import type { Samples } from './samples.ts';
import type { WindowSpec } from './window-spec.ts';

/** A turn costs so many merges, and opening a slice a 32nd of the samples: with 600,000 samples about 1 ms. */
const SLICES = 32;

export class BlockFold implements Gauge {
  readonly #samples: Samples;
  readonly #windowMs: number;
  readonly #room: FoldRoom;
  /** The slice that begins at the last cut; NaN: nothing is folded. */
  #cut = Number.NaN;
  readonly #leaving: LeavingSlices;
  readonly #growing: GrowingSlices;
  /** The next sample to be folded. The newest one stays outside while it is after the cut: to correct it then costs nothing. */
  #next = 0;

  constructor(samples: Samples, { windowMs }: WindowSpec, room: FoldRoom) {
    this.#samples = samples;
    this.#windowMs = windowMs;
    this.#room = room;
    this.#leaving = new LeavingSlices(samples, room, new BlockList(room.width));
    this.#growing = new GrowingSlices(samples, room);
  }

  joined(): void {
    const newest = this.#samples.end - 1;
    if (this.#sliceOf(newest) < this.#cut) this.#takeBack(newest);
  }

  // What leaves is left out by its index alone.
  leaving(): void {}

  parting(): void {}

  paired(_from: number, to: number): void {
    if (to < this.#next || this.#sliceOf(to) < this.#cut) this.#takeBack(to);
  }

  value(now: number, perMs: number): number | undefined {
    this.#settle(now);
    this.#room.begin();
    this.#leaving.take();
    this.#growing.take();
    const { count, end } = this.#samples;
    if (this.#next < end) this.#room.takeSample(this.#samples, end - 1);
    return this.#room.value(count, perMs);
  }

  #sliceOf(index: number): number {
    return Math.floor((this.#samples.timeOf(index) * SLICES) / this.#windowMs);
  }

  #settle(now: number): void {
    const { first, end } = this.#samples;
    const cut = Math.floor(now / this.#windowMs) * SLICES;
    // Time lets only leave what is before the cut; where more is gone, the window was full.
    if (cut !== this.#cut || first > this.#growing.from) this.#turn(cut);
    while (this.#next < end - 1) this.#foldNext();
  }

  /** What has grown until `cut` begins to leave. */
  #turn(cut: number): void {
    const { first, end } = this.#samples;
    if (cut !== this.#cut + SLICES || this.#next < first) {
      this.#growing.begin(first);
      this.#next = first;
    }
    while (this.#next < end && this.#sliceOf(this.#next) < cut) this.#foldNext();
    const { from } = this.#growing;
    this.#leaving.begin(this.#growing.exchange(this.#leaving.list), from);
    this.#growing.from = this.#next;
    this.#cut = cut;
  }

  #foldNext(): void {
    this.#growing.fold(this.#next, this.#sliceOf(this.#next));
    this.#next++;
  }

  /** Takes back what was folded from the slice of the sample `index` on, and the last turn if the slice lies behind it. */
  #takeBack(index: number): void {
    const slice = this.#sliceOf(index);
    if (slice < this.#cut) {
      this.#leaving.begin(this.#growing.resume(this.#leaving.list, this.#leaving.from), 0);
      this.#cut -= SLICES;
    }
    this.#growing.cutOff(slice);
    this.#next = Math.max(this.#growing.end, this.#samples.first);
  }
}
