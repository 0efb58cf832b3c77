// What was told last, for browsers whose connection broke: one that comes back within it is told what it missed and nothing twice.
// Bounded; what is forgotten costs its reader a snapshot.

import type { Frame } from './hub.ts';

/** Ten seconds of an alarm flood of 200 changes a second, and a minute of a calm plant. */
const FRAMES_MAX = 2_000;
/** About what one snapshot of a plant of some size has: past it the snapshot is cheaper. */
const CHARS_MAX = 4 * 1024 * 1024;

export class RecentFrames {
  readonly #life: string;
  readonly #frames: Frame[] = [];
  #chars = 0;
  /** Number of the newest frame. */
  #last = 0;

  /** @param life tells the frames of this process from those of an earlier one; without a dash */
  constructor(life: string) {
    this.#life = life;
  }

  /** Id of the newest frame: whoever has the present has seen it. */
  get lastId(): string {
    return `${this.#life}-${this.#last}`;
  }

  add(event: string, data: string): Frame {
    this.#last++;
    const frame = { id: this.lastId, event, data };
    this.#frames.push(frame);
    this.#chars += data.length;
    while (this.#frames.length > FRAMES_MAX || this.#chars > CHARS_MAX) {
      this.#chars -= this.#frames.shift()?.data.length ?? 0;
    }
    return frame;
  }

  /** Something was not told: who comes back from before it has missed it. */
  skip(): void {
    this.#last++;
    this.#frames.length = 0;
    this.#chars = 0;
  }

  /** All frames after that one, none where it is the newest; undefined where they are not all there. */
  after(id: string): readonly Frame[] | undefined {
    const [life, number] = id.split('-');
    const seen = Number(number);
    if (life !== this.#life || !Number.isSafeInteger(seen) || seen > this.#last) return undefined;
    const missed = this.#last - seen;
    if (missed > this.#frames.length) return undefined;
    return missed === 0 ? [] : this.#frames.slice(-missed);
  }
}
