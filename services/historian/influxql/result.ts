// The answer to a query, piece by piece, before it is written as text.

import type { SampleValue } from './store.ts';

export type Cell = SampleValue | null;

/** Of one piece of a series; so that a raw answer of millions of rows never stands in memory whole. */
export const PIECE_ROWS_MAX = 10_000;

/** A series, or a piece of one: the pieces of a series follow each other, and all but its last are partial. */
export type ResultSeries = {
  readonly name?: string;
  readonly tags?: { readonly [key: string]: string };
  readonly columns: readonly string[];
  /** At most PIECE_ROWS_MAX. Where the first column is `time`, its cells are microseconds. */
  readonly values: readonly (readonly Cell[])[];
  readonly isPartial?: true;
};

export type Message = { readonly level: 'warning'; readonly text: string };

/** What executing yields: the pieces of a statement's series, then its end, then the next statement's. */
export type ResultPiece =
  /** `zone`: in whose local time the answer's times are written, where they are written out. */
  | { readonly kind: 'series'; readonly series: ResultSeries; readonly zone: string | undefined }
  | { readonly kind: 'end'; readonly messages?: readonly Message[]; readonly error?: string };
