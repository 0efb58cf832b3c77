// What the HTTP routes stand on.

import type { StoreParts } from '../store-parts.ts';
import type { BodyLimits } from './body.ts';
import type { Gate } from './gate.ts';
import type { Meters } from './meters.ts';

export type HistorianParts = {
  readonly store: StoreParts;
  readonly meters: Meters;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly gate: Gate;
  readonly body: BodyLimits;
  /** Head and body of a request have so long to arrive. */
  readonly requestTimeoutMs: number;
};
