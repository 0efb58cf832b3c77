// What a window is asked to compute, and what it is saved as. Durations are whole milliseconds.

import type { Value } from '#domain/point.ts';
import type { WindowFunction } from '../../language/window-functions.ts';

export type WindowSpec = {
  readonly fn: WindowFunction;
  readonly windowMs: number;
  /** Unit of time of slope and rate. */
  readonly perMs: number;
  /** A sample is held until the next one, at most for so long; Infinity: for ever. Decides coverage and timeIn. */
  readonly maxAgeMs: number;
};

/** A window as plain JSON: all it needs to go on to the last bit as if it had never stopped. */
export type WindowData = {
  /** null: neither a sample nor a moment has been seen. */
  readonly now: number | null;
  /** The sample that left the window last: it may still be held at the window's left edge. */
  readonly left: readonly [at: number, value: Value] | null;
  /** The oldest sample's moment, then the gap from each sample to the next. */
  readonly gaps: readonly number[];
  /** One per sample; empty for a function that looks at none. */
  readonly values: readonly Value[];
  readonly discards: number;
};
