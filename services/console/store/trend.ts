// One series over a range, in as many buckets as the picture has room for.

import type { SeriesName } from '#domain/series.ts';
import type { Trend } from '../api/history.ts';
import type { MetricNote } from '../plant/catalog.ts';
import type { Cell, Store, Table } from './influx.ts';
import { trendQuery } from './influxql.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Widths that people read off a time axis; each bucket starts at a multiple of its width. */
const WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
];

export type TrendRequest = {
  readonly series: SeriesName;
  readonly from: number;
  readonly to: number;
  /** Most buckets wanted. */
  readonly points: number;
};

export function bucketWidthMs(rangeMs: number, points: number): number {
  const wanted = rangeMs / points;
  return WIDTHS_MS.find((width) => width >= wanted) ?? Math.ceil(wanted / (24 * HOUR)) * 24 * HOUR;
}

/** @throws StoreError */
export async function readTrend(
  store: Store,
  database: string,
  request: TrendRequest,
  note: MetricNote,
): Promise<Trend> {
  const { series, from, to, points } = request;
  const intervalMs = bucketWidthMs(to - from, points);
  const table = await store.query(trendQuery(database, series, { from, to, intervalMs }));
  return {
    from,
    to,
    intervalMs,
    // A sensor that reports slower than the buckets, or is thinned, leaves empty ones between its values: no gap until it is
    // stale, or until one would have been kept.
    gapMs: Math.max(note.staleAfterMs, intervalMs * 1.5, note.storedEveryMs && note.storedEveryMs + intervalMs),
    unit: note.unit,
    at: column(table, 'time').map(Number),
    mean: numbers(table, 'mean'),
    min: numbers(table, 'min'),
    max: numbers(table, 'max'),
  };
}

function numbers(table: Table, name: string): (number | null)[] {
  return column(table, name).map((cell) => (typeof cell === 'number' ? cell : null));
}

function column(table: Table, name: string): Cell[] {
  const at = table.columns.indexOf(name);
  return at === -1 ? [] : table.rows.map((row) => row[at] ?? null);
}
