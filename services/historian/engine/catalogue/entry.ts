// What the catalogue is made of, as values: written to the log when it happens, to the catalogue's file when the log is cut,
// and sent to the thread that answers queries. Numbers are given once and never again, so that nothing that is left of
// something dropped can be taken for something new.

import type { FieldType } from '../../influxql/store.ts';

export type TrackId = number;

/** How one thing refers to another. */
export type Id = number;

export type DatabaseEntry = { readonly kind: 'database'; readonly id: Id; readonly name: string };

export type PolicyEntry = {
  readonly kind: 'policy';
  readonly id: Id;
  readonly database: Id;
  readonly name: string;
  /** 0: kept for ever. */
  readonly durationUs: number;
  /** As it is shown. */
  readonly shardDurationUs: number;
  /** What one file of chunks spans; fixed when the policy is made, whatever is altered later. */
  readonly fileUs: number;
  readonly isDefault: boolean;
};

export type MeasurementEntry = {
  readonly kind: 'measurement';
  readonly id: Id;
  readonly policy: Id;
  readonly name: string;
};

export type FieldEntry = {
  readonly kind: 'field';
  readonly id: Id;
  readonly measurement: Id;
  readonly name: string;
  readonly type: FieldType;
};

export type SeriesEntry = {
  readonly kind: 'series';
  readonly id: Id;
  readonly measurement: Id;
  readonly key: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
};

/** One field of one series. */
export type TrackEntry = { readonly kind: 'track'; readonly id: TrackId; readonly series: Id; readonly field: Id };

/** In the order in which they can be read: each refers only to kinds before it. */
export const KINDS = ['database', 'policy', 'measurement', 'field', 'series', 'track'] as const;
export type Kind = (typeof KINDS)[number];

/** A policy that is altered comes again under its number. */
export type Entity = DatabaseEntry | PolicyEntry | MeasurementEntry | FieldEntry | SeriesEntry | TrackEntry;

/** Takes everything along that belongs to it. */
export type DropEntry = { readonly kind: 'drop'; readonly of: Exclude<Kind, 'field' | 'track'>; readonly id: Id };

export type Entry = Entity | DropEntry;
