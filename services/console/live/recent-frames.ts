// What was told last, for browsers whose connection broke: one that comes back within it is told what it missed and nothing twice.
// Bounded; what is forgotten costs its reader a snapshot.

import { CHARS_MAX, FRAMES_MAX, type Frame } from './hub.ts';

/** Half of what a viewer may be behind: the rest is for what comes while it is told, else it would be dropped at once, and again. */
const MISSED_FRAMES_MAX = FRAMES_MAX / 2;
const MISSED_CHARS_MAX = CHARS_MAX / 2;

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
    while (this.#frames.length > MISSED_FRAMES_MAX || this.#chars > MISSED_CHARS_MAX) {
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
