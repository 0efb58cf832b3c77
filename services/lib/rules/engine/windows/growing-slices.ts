// Slices of time to which samples are still added, at the end only: each folded from its oldest sample to its newest, and all
// but the last of them folded into one stretch.

import { BlockList } from './block-list.ts';
import { type Cell, NO_SUMS } from './fold.ts';
import type { FoldRoom } from './fold-room.ts';
import type { Samples } from './samples.ts';

export class GrowingSlices {
  /** Where the first slice begins. */
  from = 0;
  readonly #samples: Samples;
  readonly #room: FoldRoom;
  #list: BlockList;
  /** All slices but the last. */
  readonly #closed: Cell = { sums: NO_SUMS, from: 0 };

  constructor(samples: Samples, room: FoldRoom) {
    this.#samples = samples;
    this.#room = room;
    this.#list = new BlockList(room.width);
  }

  /** Where the last slice ends. */
  get end(): number {
    return this.#list.count === 0 ? this.from : this.#list.endOf(this.#list.count - 1);
  }

  begin(from: number): void {
    this.#list.count = 0;
    this.from = from;
  }

  /** Gives the slices away and goes on after them with an empty list. */
  exchange(list: BlockList): BlockList {
    const [given, end] = [this.#list, this.end];
    this.#list = list;
    this.begin(end);
    return given;
  }

  /** Goes on from slices that were given away. */
  resume(list: BlockList, from: number): BlockList {
    const unused = this.#list;
    unused.count = 0;
    this.#list = list;
    this.from = from;
    return unused;
  }

  fold(index: number, slice: number): void {
    const list = this.#list;
    if (slice > list.newest) {
      if (list.count > 0) this.#close(list.count - 1);
      list.push(slice, index + 1);
      this.#room.start(this.#last(), this.#samples, index);
    } else {
      list.ends[list.count - 1] = index + 1;
      this.#room.extend(this.#last(), this.#samples, index);
    }
  }

  /** Only what is before `slice` stays. */
  cutOff(slice: number): void {
    const list = this.#list;
    while (list.newest >= slice) list.count--;
    for (let block = 0; block < list.count - 1; block++) this.#close(block);
  }

  /** Into the total. */
  take(): void {
    const { count, sums } = this.#list;
    if (count > 1) this.#room.take(this.#closed.sums, 0);
    if (count > 0) this.#room.take(sums, (count - 1) * this.#room.width);
  }

  #last(): Cell {
    return this.#room.leftOf(this.#list.sums, (this.#list.count - 1) * this.#room.width);
  }

  /** The block takes its place behind those that were closed before it. */
  #close(block: number): void {
    if (this.#closed.sums === NO_SUMS) this.#closed.sums = new Float64Array(this.#room.width);
    const from = block * this.#room.width;
    if (block === 0) this.#room.copy(this.#closed, this.#list.sums, from);
    else this.#room.absorb(this.#closed, this.#list.sums, from);
  }
}
