// The engine as the rest of the historian knows it: what queries need (influxql/store.ts), writing, and forgetting. How
// samples lie on the disk is nobody's business outside this folder.

import type { Line } from '#domain/line-protocol.ts';
import type { Changes, Store } from '../influxql/store.ts';

export type TimedLine = { readonly line: Line; readonly timeUs: number };

export type WriteRequest = {
  readonly database: string;
  /** The database's default policy where none is named. */
  readonly policy: string | undefined;
  readonly lines: readonly TimedLine[];
  readonly nowUs: number;
};

export type WriteOutcome =
  | { readonly kind: 'stored'; readonly points: number }
  /** The other lines are stored; `reason` is that of the last one dropped. */
  | { readonly kind: 'partial'; readonly points: number; readonly dropped: number; readonly reason: string }
  | { readonly kind: 'no-database'; readonly name: string }
  | { readonly kind: 'no-policy'; readonly name: string };

export interface Engine extends Store, Changes, Disposable {
  /**
   * Stores all requests in one transaction, in order; when it returns they are on the disk. A sample of the same series,
   * field and moment replaces the one before.
   * @throws where the disk refuses: then none of the requests is stored
   */
  write(requests: readonly WriteRequest[]): WriteOutcome[];
  /** Deletes what is older than its policy allows, a piece per step; returns the number of samples deleted. */
  expire(nowUs: number): Generator<undefined, number>;
  /** Why the last change failed, until a write succeeds: a nearly full disk takes small changes and refuses the next batch. */
  problem(): string | undefined;
  /** Bytes on the disk. */
  bytes(): number;
}
