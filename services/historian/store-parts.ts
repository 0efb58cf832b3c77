// What the HTTP side asks of the store behind it, wherever that runs.

import type { QueryCalls } from './answer/query-calls.ts';
import type { WriteOutcome, WriteRequest } from './engine/engine.ts';
import type { EngineStatus } from './engine/engine-status.ts';

export type StoreParts = {
  /** The body is handed over and cannot be used any more. */
  write(request: WriteRequest): Promise<WriteOutcome>;
  /** Deletes what its retention policy has ended. */
  expire(nowUs: number): Promise<void>;
  /** A little old, at most; which databases there are is never. */
  status(): EngineStatus;
  readonly queries: QueryCalls;
};
