// A fold over a sliding window of any size. A few samples are folded anew each time: that is as quick as anything, and a plant
// has very many small windows, which then keep nothing but their samples. More are folded in slices (block-fold.ts).
// Which of the two it is depends on the number of samples alone, so the value depends on nothing else either.

import { BlockFold } from './block-fold.ts';
import type { FoldRoom } from './fold-room.ts';
import type { Gauge } from './gauge.ts';
import type { Samples } from './samples.ts';
import type { WindowSpec } from './window-spec.ts';

/** Five minutes at one sample in ten seconds, and some. */
const FEW = 40;

export class SlidingFold implements Gauge {
  readonly #samples: Samples;
  readonly #spec: WindowSpec;
  readonly #room: FoldRoom;
  #blocks: BlockFold | undefined;

  constructor(samples: Samples, spec: WindowSpec, room: FoldRoom) {
    this.#samples = samples;
    this.#spec = spec;
    this.#room = room;
  }

  joined(): void {
    this.#blocks?.joined();
  }

  leaving(): void {}

  emptied(): void {
    this.#blocks = undefined;
  }

  parting(): void {}

  paired(from: number, to: number): void {
    this.#blocks?.paired(from, to);
  }

  value(now: number): number | undefined {
    const { count } = this.#samples;
    if (count > FEW) {
      this.#blocks ??= new BlockFold(this.#samples, this.#spec, this.#room);
      return this.#blocks.value(now);
    }
    // Half as many, so that a window on the brink is not cut into slices again and again.
    if (count < FEW / 2) this.#blocks = undefined;
    this.#room.takeAll(this.#samples);
    return this.#room.value(count, this.#spec);
  }
}
