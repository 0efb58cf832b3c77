// The answer to a query, before it is written as JSON.

import type { SampleValue } from './store.ts';

export type Cell = SampleValue | null;

export type ResultSeries = {
  readonly name?: string;
  readonly tags?: { readonly [key: string]: string };
  readonly columns: readonly string[];
  /** Where the first column is `time`, its cells are microseconds. */
  readonly values: readonly (readonly Cell[])[];
};

export type StatementResult = {
  readonly series?: readonly ResultSeries[];
  readonly messages?: readonly { readonly level: 'warning'; readonly text: string }[];
  readonly error?: string;
  /** In whose local time the answer's times are written, where they are written out. */
  readonly zone?: string;
};
