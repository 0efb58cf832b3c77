// What reads a window's samples off as one number. The window tells it of every change before or after it happens, so that it
// may keep sums; it owns no samples. One row of functions.ts opens one gauge.

import type { HeldTime } from './held-time.ts';
import type { Samples } from './samples.ts';
import type { WindowSpec } from './window-spec.ts';

export interface Gauge {
  /** A sample has come after all others. */
  joined(): void;
  /** The oldest sample is about to be dropped. */
  leaving(): void;
  /** All samples have been dropped at once. */
  emptied(): void;
  /** The pairs of neighbours that begin at `from` to `to` are about to change: one value changes, or one sample comes between. */
  parting(from: number, to: number): void;
  /** They have changed; the sample at `to` is the one that came late or has a new value. */
  paired(from: number, to: number): void;
  /** Where the value moves with time alone: what moves it. */
  readonly held?: HeldTime;
  /** undefined where the samples do not say. `now` never goes back. */
  value(now: number): number | undefined;
}

/** What of a sample's value is kept. */
export type Keeping = 'number' | 'flag' | 'any' | 'nothing';

export type FunctionRow = {
  readonly keeps: Keeping;
  /** With fewer there is no value. */
  readonly samplesMin: number;
  open(samples: Samples, spec: WindowSpec): Gauge;
};
