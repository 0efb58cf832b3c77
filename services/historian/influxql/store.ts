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

/** Samples in the order of the scan; both arrays have one length, never 0. */
export type Page = { readonly times: readonly number[]; readonly values: readonly SampleValue[] };

export interface StoredSeries {
  /** Sorts as InfluxDB sorts series. */
  readonly key: string;
  readonly tags: ReadonlyMap<string, string>;
  hasField(field: string): boolean;
  /** Read lazily: a page is fetched when it is asked for. Nothing where the series has no such field. */
  pages(field: string, scan: Scan): Iterable<Page>;
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

/** Changes of what exists. Each throws only where the outside world fails; what stands already stays as it is. */
export interface StoreSchema {
  createDatabase(name: string, policy: Policy): void;
  createPolicy(database: string, policy: Policy): void;
  alterPolicy(database: string, policy: Policy): void;
  dropDatabase(name: string): void;
  dropMeasurement(database: string, name: string): void;
}
