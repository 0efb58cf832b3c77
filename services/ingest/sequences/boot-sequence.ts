// Which records of one boot of a device have come: all from the first that is known to the newest, but for the holes. Exact
// however far back a record comes again, and a few numbers for a device that misses nothing. Past the bound of holes the
// lowest is forgotten, and with it everything up to its end: what is not known is never taken for a repeat.

import { indexOf, putIn, type Range, sizeOf, takeOut } from './ranges.ts';

/** Holes of one boot. A device that sends every second record of its own has a new one with each. */
export const HOLES_MAX = 64;

export type Sequence = { readonly boot: number; readonly n: number };

/** Records that never came. */
export type Hole = Range & {
  /** Arrival of the record behind it, ms since the epoch. */
  readonly since: number;
  /** It has been open for long enough to be no mere disorder. */
  readonly isGap: boolean;
};

/** Gaps that are not listed any more, and when the newest of them came to be. */
export type Unlisted = { readonly count: number; readonly since: number };

export const NOTHING_UNLISTED: Unlisted = { count: 0, since: 0 };

export type SavedBoot = {
  readonly boot: number;
  readonly first: number;
  readonly newest: number;
  readonly missing: readonly Hole[];
  readonly unfinished: readonly Range[];
  readonly unlisted: Unlisted;
};

export class BootSequence {
  readonly boot: number;
  /** Below it nothing is known. */
  first: number;
  newest: number;
  readonly missing: Hole[] = [];
  /** Came, but a part of them was refused: to be taken again when they come again. */
  readonly unfinished: Range[] = [];
  unlisted: Unlisted = NOTHING_UNLISTED;
  /** Records of holes that were forgotten before they settled. */
  #unsettled = 0;

  constructor({ boot, n }: Sequence) {
    this.boot = boot;
    this.first = n;
    this.newest = n - 1; // n itself is still to be taken
  }

  static restore(saved: SavedBoot): BootSequence {
    const made = new BootSequence({ boot: saved.boot, n: saved.first });
    made.newest = saved.newest;
    made.missing.push(...saved.missing);
    made.unfinished.push(...saved.unfinished);
    made.unlisted = saved.unlisted;
    return made;
  }

  get holeCount(): number {
    return this.missing.length + this.unfinished.length;
  }

  /** Whether the whole record has come before. */
  has(n: number): boolean {
    if (n > this.newest || n < this.first) return false;
    return indexOf(this.missing, n) === -1 && indexOf(this.unfinished, n) === -1;
  }

  /** @returns the hole that the record filled, or a part of it */
  take(n: number, now: number, kind: 'whole' | 'unfinished'): Hole | undefined {
    let filled: Hole | undefined;
    if (n > this.newest) {
      if (n > this.newest + 1) this.missing.push({ from: this.newest + 1, to: n - 1, since: now, isGap: false });
      this.newest = n;
    } else if (n < this.first) {
      if (n !== this.first - 1) return undefined;
      this.first = n;
    } else {
      filled = takeOut(this.missing, n);
      if (filled === undefined && takeOut(this.unfinished, n) === undefined) return undefined; // a repeat
    }
    if (kind === 'unfinished') putIn(this.unfinished, n);
    while (this.holeCount > HOLES_MAX) this.#forgetLowest();
    return filled;
  }

  /** Holes that have stayed open become gaps. @returns how many records those lack */
  settle(isOver: (since: number) => boolean): number {
    let count = this.#unsettled;
    this.#unsettled = 0;
    for (const [i, hole] of this.missing.entries()) {
      if (hole.isGap || !isOver(hole.since)) continue;
      this.missing[i] = { ...hole, isGap: true };
      count += sizeOf(hole);
    }
    return count;
  }

  /** Gaps too old to be told any more. @returns whether there were any */
  forgetOld(isOld: (since: number) => boolean): boolean {
    let isChanged = false;
    if (this.unlisted.count > 0 && isOld(this.unlisted.since)) {
      this.unlisted = NOTHING_UNLISTED;
      isChanged = true;
    }
    // The lowest is the oldest: a hole begins above all that has come.
    for (let [lowest] = this.missing; lowest !== undefined && isOld(lowest.since); [lowest] = this.missing) {
      this.#raiseFirst(lowest.to + 1);
      isChanged = true;
    }
    return isChanged;
  }

  #forgetLowest(): void {
    const [missing] = this.missing;
    const [unfinished] = this.unfinished;
    if (missing !== undefined && (unfinished === undefined || missing.from < unfinished.from)) {
      const { count, since } = this.unlisted;
      if (!missing.isGap) this.#unsettled += sizeOf(missing);
      this.unlisted = { count: count + sizeOf(missing), since: Math.max(since, missing.since) };
      this.#raiseFirst(missing.to + 1);
    } else if (unfinished !== undefined) this.#raiseFirst(unfinished.to + 1);
  }

  #raiseFirst(first: number): void {
    this.first = first;
    for (const ranges of [this.missing, this.unfinished]) {
      while (ranges[0] !== undefined && ranges[0].to < first) ranges.shift();
    }
  }
}
