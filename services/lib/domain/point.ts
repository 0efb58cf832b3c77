// A point: one value of one series at one moment, with its quality. What ingest makes and everything after it reads.

import type { Quality } from './quality.ts';
import type { Series } from './series.ts';

/** A device's value. Numbers are finite; text is bounded by ingest. */
export type Value = number | boolean | string;

export type Point = {
  readonly series: Series;
  /** null: the device said that it has no value (the quality is then bad). Never 0 in its place. */
  readonly value: Value | null;
  readonly quality: Quality;
  /** Event time, ms since the epoch, UTC: the device's own where it has a clock, else the time of arrival. */
  readonly measuredAt: number;
  /** Backfill: to be stored, never to be alarmed on. */
  readonly late: boolean;
};

/** Older than the newest sample of its series by more than this, a sample is history; ahead of its arrival by more, it is no moment at all. */
export const ALLOWED_LATENESS_MS = 10_000;
