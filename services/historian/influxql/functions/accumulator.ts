// What an aggregate or selector is: something that is fed the samples of one bucket, series by series and each series in
// its own order, and is asked once at the end.

import type { FieldType, SampleValue } from '../store.ts';

/** One answer. A selector says which sample it took: when, and of which member of the tag set. */
export type Picked = {
  /** null: there were samples, and too few for an answer (the deviation of one). */
  readonly value: SampleValue | null;
  readonly time?: number;
  readonly member?: number;
};

export interface Accumulator {
  add(time: number, value: SampleValue, member: number): void;
  /** Empty where nothing was fed that gives an answer. */
  finish(): readonly Picked[];
}

export type Parameters = {
  readonly type: FieldType;
  /** Numbers after the field: `percentile(x, 95)`, `top(x, 3)`. */
  readonly n: number;
  /** A duration after the field: `integral(x, 1m)`. */
  readonly unitUs: number | undefined;
};

export type Aggregate = {
  /** Selectors answer with one of the samples they saw, and so have a time of their own. */
  readonly kind: 'aggregate' | 'selector';
  readonly accepts: FieldTypes;
  /** Whether a number, a duration, or nothing follows the field. */
  readonly parameter: 'none' | 'number' | 'duration';
  /** Gives several rows per bucket and so cannot stand beside other functions. */
  readonly isMany?: true;
  readonly make: (parameters: Parameters) => Accumulator;
};

export type FieldTypes = readonly FieldType[];
export const NUMBERS: FieldTypes = ['float', 'integer'];
export const ANY: FieldTypes = ['float', 'integer', 'boolean', 'string'];
