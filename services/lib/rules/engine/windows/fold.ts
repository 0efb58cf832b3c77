// How samples become one value without ever taking one out again: a few sums per stretch of samples, and how two stretches
// that follow one another become one. Nothing is subtracted, so nothing drifts: a sample that has left leaves no rounding
// behind, however large it was.

import type { Samples } from './samples.ts';

/** The sums of one stretch: `width` numbers of a flat array. */
export type Cell = { sums: Float64Array; from: number };

export interface Fold {
  /** How many numbers a stretch takes. */
  readonly width: number;
  /** The stretch of one sample. */
  start(into: Cell, at: number, value: number): void;
  /** The stretch goes on with one sample: absorb() of a stretch of one, written out. */
  extend(into: Cell, at: number, value: number): void;
  /** `left` becomes the stretch of itself followed by `right`. Associative, but for rounding. */
  absorb(left: Cell, right: Cell): void;
  value(of: Cell, count: number, perMs: number): number | undefined;
  /** The value of all samples, which are one at least, in a loop of its own: of few that is the quickest. */
  whole(samples: Samples, perMs: number): number | undefined;
}

export const NO_SUMS: Float64Array = new Float64Array(0);
