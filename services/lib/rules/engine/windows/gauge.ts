// What reads a window's samples off as one number. A function of few samples goes through them at every question and keeps
// nothing; of many it keeps sums in a gauge, which the window tells of every change before or after it happens. One row of
// functions.ts is one function.

import type { HeldTime } from './held-time.ts';
import type { Samples } from './samples.ts';
import type { WindowSpec } from './window-spec.ts';

/** Begins with the samples that are there; owns none. */
export interface Gauge {
  /** A sample has come after all others. */
  joined(): void;
  /** The oldest sample is about to be dropped. */
  leaving(): void;
  /** The pairs of neighbours that begin at `from` to `to` are about to change: one value changes, or one sample comes between. */
  parting(from: number, to: number): void;
  /** They have changed; the sample at `to` is the one that came late or has a new value. */
  paired(from: number, to: number): void;
  /** Where the value moves with time alone: what moves it. */
  readonly held?: HeldTime;
  /** undefined where the samples do not say. `now` never goes back. */
  value(now: number, perMs: number): number | undefined;
}

/** What of a sample's value is kept. */
export type Keeping = 'number' | 'flag' | 'any' | 'nothing';

export type FunctionRow = {
  readonly keeps: Keeping;
  /** With fewer there is no value. */
  readonly samplesMin: number;
  /** Up to so many samples are read without a gauge; -1: none ever. What is asked decides alone, so one answer has one way. */
  readonly readsMax: number;
  read(samples: Samples, perMs: number): number | undefined;
  open(samples: Samples, spec: WindowSpec): Gauge;
};
