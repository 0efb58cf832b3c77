// Slices of time to which nothing is added and of which the oldest samples leave: folded from the newest back to the oldest,
// so that what is left over after any of them is there already. Only the oldest slice is folded sample by sample, when the
// window's edge reaches it.

import type { BlockList } from './block-list.ts';
import { NO_SUMS } from './fold.ts';
import type { FoldRoom } from './fold-room.ts';
import type { Samples } from './samples.ts';

export class LeavingSlices {
  /** Where the first slice begins, also when its samples have left. */
  from = 0;
  readonly #samples: Samples;
  readonly #room: FoldRoom;
  #list: BlockList;
  /** The first slice that is not opened yet. */
  #next = 0;
  /** For each slice the sums of itself and of all that follow it. */
  #behind: Float64Array = NO_SUMS;
  /** The opened slice: for each of its samples from #frontFrom on the sums to the slice's end. */
  #front: Float64Array = NO_SUMS;
  #frontFrom = 0;
  #frontEnd = 0;

  constructor(samples: Samples, room: FoldRoom, list: BlockList) {
    this.#samples = samples;
    this.#room = room;
    this.#list = list;
  }

  get list(): BlockList {
    return this.#list;
  }

  begin(list: BlockList, from: number): void {
    this.#list = list;
    this.from = from;
    this.#next = 0;
    this.#frontEnd = 0;
    const { width } = this.#room;
    this.#behind = fitted(this.#behind, list.count * width);
    for (let block = list.count - 1; block >= 0; block--) {
      const behind = this.#room.leftOf(this.#behind, block * width);
      this.#room.copy(behind, list.sums, block * width);
      if (block < list.count - 1) this.#room.absorb(behind, this.#behind, (block + 1) * width);
    }
  }

  /** What is left of the slices into the total; nothing may be left. */
  take(): void {
    const { first } = this.#samples;
    if (first >= this.#frontEnd) this.#open(first);
    if (first >= this.#frontEnd) return;
    this.#room.take(this.#front, (first - this.#frontFrom) * this.#room.width);
    if (this.#next < this.#list.count) this.#room.take(this.#behind, this.#next * this.#room.width);
  }

  /** The slice in which the sample `first` lies, folded from its newest sample back to that one. */
  #open(first: number): void {
    const list = this.#list;
    while (this.#next < list.count && list.endOf(this.#next) <= first) this.#next++;
    if (this.#next === list.count) return;
    this.#frontFrom = first;
    this.#frontEnd = list.endOf(this.#next++);
    const { width } = this.#room;
    this.#front = fitted(this.#front, (this.#frontEnd - first) * width);
    for (let index = this.#frontEnd - 1; index >= first; index--) {
      const from = (index - first) * width;
      const rest = this.#room.leftOf(this.#front, from);
      this.#room.start(rest, this.#samples, index);
      if (index < this.#frontEnd - 1) this.#room.absorb(rest, this.#front, from + width);
    }
  }
}

/** The same array while it is neither too short nor eight times too long. */
function fitted(sums: Float64Array, length: number): Float64Array {
  return sums.length >= length && sums.length <= length * 8 ? sums : new Float64Array(length);
}
