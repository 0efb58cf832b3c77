// What an aggregate or selector is: something that is fed the samples of one bucket, series by series and each series in
// the order of time, and is asked once at the end.

import type { FieldType, SampleValue, Summary } from '../store.ts';

/** One answer. A selector says which sample it took: when, and of which member of the tag set. */
export type Picked = {
  /** NaN: there were samples, and too few for an answer (the deviation of one). */
  readonly value: SampleValue;
  readonly time?: number;
  readonly member?: number;
};

export interface Accumulator {
  /** Samples `from` (inclusive) to `to` (exclusive) of a page of numbers, all of one member: the loop that must be fast. */
  addRun(times: Float64Array, values: Float64Array, from: number, to: number, member: number): void;
  add(time: number, value: SampleValue, member: number): void;
  /** There where the function says that it takes summaries. */
  addSummary?(summary: Summary, member: number): void;
  /** Empty where nothing was fed that gives an answer. */
  finish(): readonly Picked[];
}

export type Parameters = {
  readonly type: FieldType;
  /** The number after the field: `percentile(x, 95)`, `top(x, 3)`. */
  readonly n: number;
  readonly descending: boolean;
  /** Told of samples that are held until the end. @throws QueryError where they are too many */
  readonly hold: (samples: number) => void;
  /** What `top(x, host, 3)` takes one sample each of: the values of these tags of a member, as one text. */
  readonly groupOf: ((member: number) => string) | undefined;
};

/**
 * Whether a summary may stand for its run without changing the answer by a bit. `always` where order does not matter.
 * `first` for sums, which depend on the order of adding: a series' share of a bucket is added up sample by sample from
 * zero, so a summary, whose sum was made in just this way, may be its beginning and nothing else.
 */
export type SummaryUse = 'always' | 'first' | 'never';

export type Aggregate = {
  /** Selectors answer with one of the samples they saw, and so have a time of their own. */
  readonly kind: 'aggregate' | 'selector';
  readonly accepts: FieldTypes;
  readonly parameter: 'none' | 'number' | 'tags-and-number';
  readonly summaries: SummaryUse;
  /** Gives several rows per bucket and so cannot stand beside other functions. */
  readonly isMany?: true;
  readonly gives: 'float' | 'integer' | 'input';
  readonly make: (parameters: Parameters) => Accumulator;
};

export type FieldTypes = readonly FieldType[];
export const NUMBERS: FieldTypes = ['float', 'integer'];
export const ANY: FieldTypes = ['float', 'integer', 'boolean', 'string'];
export const ORDERED: FieldTypes = [...NUMBERS, 'boolean'];
