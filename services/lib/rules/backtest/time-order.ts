// Points that arrive a little out of order, put in order: held back until nothing that may still come can be older. What
// comes later than that is left out and counted. Bounded twice: by time, and by number where very many come at once.

import type { Point } from '#domain/point.ts';

/** About 100 MB of points. Where more are held, the older half goes on its way early. */
const HELD_MAX = 500_000;

export class TimeOrder {
  readonly #holdMs: number;
  readonly #heldMax: number;
  #held: Point[] = [];
  #isOrdered = true;
  #newestAt = Number.NEGATIVE_INFINITY;
  /** Everything before this has gone on its way. */
  #goneUntil = Number.NEGATIVE_INFINITY;
  tooLate = 0;

  constructor(holdMs: number, heldMax = HELD_MAX) {
    this.#holdMs = holdMs;
    this.#heldMax = heldMax;
  }

  add(point: Point): void {
    const at = point.measuredAt;
    if (at < this.#goneUntil || at < this.#newestAt - this.#holdMs) {
      this.tooLate++;
      return;
    }
    if (at >= this.#newestAt) this.#newestAt = at;
    else this.#isOrdered = false;
    this.#held.push(point);
  }

  /** What nothing older can follow any more, in order. */
  take(): readonly Point[] {
    const before = this.#newestAt - this.#holdMs;
    this.#sort();
    let end = firstFrom(this.#held, before);
    if (this.#held.length - end > this.#heldMax) {
      const middle = this.#held[end + ((this.#held.length - end) >> 1)]?.measuredAt ?? before;
      // Points of one moment go together, so that none of them can be too late.
      end = Math.max(end, firstFrom(this.#held, middle));
      if (end === 0) end = this.#held.length;
      this.#goneUntil = middle;
    }
    const taken = this.#held.slice(0, end);
    this.#held = this.#held.slice(end);
    return taken;
  }

  /** The rest, in order. */
  end(): readonly Point[] {
    this.#sort();
    const rest = this.#held;
    this.#held = [];
    return rest;
  }

  #sort(): void {
    if (!this.#isOrdered) this.#held.sort((a, b) => a.measuredAt - b.measuredAt);
    this.#isOrdered = true;
  }
}

/** Index of the first point at or after a moment. */
function firstFrom(points: readonly Point[], at: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.measuredAt ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
