// What queries need of a store, and nothing of how it keeps things. Read and called by the executor only; the engine
// implements it, a subquery's result too. Times are whole microseconds since the epoch: exact in a number until the year
// 2255, and fine enough for everything that is measured; what a client writes in nanoseconds is cut to microseconds.

import type { FieldValue } from '#domain/line-protocol.ts';

export type FieldType = FieldValue['type'];

/** An integer is a number where that is exact, else a bigint. */
export type SampleValue = number | bigint | string | boolean;

/** Unbounded ends of a time range. */
export const TIME_MIN = -Number.MAX_SAFE_INTEGER;
export const TIME_MAX = Number.MAX_SAFE_INTEGER;

export type Scan = {
  /** Inclusive. */
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  readonly descending: boolean;
  /** How many samples the caller will probably take; a hint for the size of the first page. */
  readonly expected?: number;
};

/**
 * Samples in the order of the scan, one per moment; both arrays have one length, never 0. A page of
 * floats, or of integers that are all exact, holds a Float64Array.
 */
export type Page = {
  readonly times: Float64Array;
  readonly values: Float64Array | readonly SampleValue[];
};

/** What stands in the place of a run of numbers: `sum` is that of adding them one after another in the order of time. */
export type Summary = {
  readonly count: number;
  readonly sum: number;
  /** The first of those equal. */
  readonly min: number;
  readonly minAt: number;
  readonly max: number;
  readonly maxAt: number;
  readonly first: number;
  readonly firstAt: number;
  readonly last: number;
  readonly lastAt: number;
};

export interface StoredSeries {
  /** Sorts as InfluxDB sorts series. */
  readonly key: string;
  readonly tags: ReadonlyMap<string, string>;
  hasField(field: string): boolean;
  /** Read lazily: a page is fetched when it is asked for. Nothing where the series has no such field. */
  pages(field: string, scan: Scan): Iterable<Page>;
  /**
   * As `pages`, for fields that are numbers: where a run of samples has been summed up already and `takes` says yes to its
   * first and last moment (both inclusive), the summary comes in its place.
   */
  summed(field: string, scan: Scan, takes: (firstAt: number, lastAt: number) => boolean): Iterable<Page | Summary>;
}

export interface StoredMeasurement {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Sorted. */
  tagKeys(): readonly string[];
  series(): Iterable<StoredSeries>;
}

export type Policy = {
  readonly name: string;
  /** 0: kept for ever. */
  readonly durationUs: number;
  /** Samples are forgotten in steps of this; InfluxDB's shard group duration. */
  readonly shardDurationUs?: number;
  readonly isDefault: boolean;
};

export interface Store {
  /** Sorted. */
  databases(): readonly string[];
  /** Undefined where there is no such database. */
  policies(database: string): readonly Policy[] | undefined;
  measurements(database: string, policy: string): Iterable<StoredMeasurement>;
  measurement(database: string, policy: string, name: string): StoredMeasurement | undefined;
}

/** One series of one retention policy, as DELETE and DROP SERIES find it. */
export type SeriesAddress = { readonly policy: string; readonly measurement: string; readonly key: string };

export type Change =
  | { readonly kind: 'create-database'; readonly name: string; readonly policy: Policy }
  | { readonly kind: 'create-policy'; readonly database: string; readonly policy: Policy }
  /** All of the policy but its name may be new; where it becomes the default, another one ceases to be it. */
  | { readonly kind: 'alter-policy'; readonly database: string; readonly policy: Policy }
  | { readonly kind: 'drop-policy'; readonly database: string; readonly name: string }
  | { readonly kind: 'drop-database'; readonly name: string }
  | { readonly kind: 'drop-measurement'; readonly database: string; readonly name: string }
  /** The series themselves and everything they hold. */
  | { readonly kind: 'drop-series'; readonly database: string; readonly series: readonly SeriesAddress[] }
  /** Samples from and to, both inclusive; a series that holds nothing afterwards is forgotten. */
  | {
      readonly kind: 'delete-samples';
      readonly database: string;
      readonly series: readonly SeriesAddress[];
      readonly from: number;
      readonly to: number;
    };

/** Resolves when the change is on the disk; what names nothing (any more) changes nothing. Rejects only where the outside world fails. */
export type Changes = { change(change: Change): Promise<void> };
