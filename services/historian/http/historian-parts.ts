// What the HTTP routes stand on.

import type { QueryHost } from '../answer/answer-query.ts';
import type { Engine } from '../engine/engine.ts';
import type { WriteQueue } from '../engine/write-queue.ts';
import type { BodyLimits } from './body.ts';
import type { Gate } from './gate.ts';
import type { Meters } from './meters.ts';

export type HistorianParts = {
  readonly engine: Engine;
  readonly queue: WriteQueue;
  readonly meters: Meters;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Resolves after everything else that waits has had its turn. */
  readonly pause: () => Promise<void>;
  readonly gate: Gate;
  readonly body: BodyLimits;
  /** Head and body of a request have so long to arrive. */
  readonly requestTimeoutMs: number;
  readonly queries: QueryHost;
};
