// Points as they came, as CSV: read from the store a page at a time, so that neither side ever holds them all.

import { decodeQuality } from '#domain/quality.ts';
import { formatSeriesName, type SeriesName } from '#domain/series.ts';
import { formatCsvMoment, formatCsvRow } from '../api/csv.ts';
import type { Store } from './influx.ts';
import { pointsQuery, type Range } from './influxql.ts';
import { numberIn, type Row, rowsOf } from './table-rows.ts';

const COLUMNS = ['time', 'site', 'area', 'device', 'metric', 'value', 'unit', 'quality'];
/** A spreadsheet holds about a million rows; what is longer is asked for in parts. */
const EXPORT_ROWS_MAX = 500_000;
const PAGE_ROWS = 5_000;

export type Export = Range & {
  readonly series: readonly SeriesName[];
  readonly unitOf: (series: SeriesName) => string | null;
  readonly rowsMax?: number;
};

/** Pieces of the file. @throws StoreError, also in the midst of it */
export async function* exportPoints(
  { store, database }: { readonly store: Store; readonly database: string },
  { series, unitOf, from, to, rowsMax = EXPORT_ROWS_MAX }: Export,
): AsyncGenerator<string, void> {
  yield formatCsvRow(COLUMNS);
  let left = rowsMax;
  for (const name of series) {
    const unit = unitOf(name);
    for (let start = from; start < to; ) {
      const limit = Math.min(PAGE_ROWS, left + 1);
      const rows = rowsOf(await store.query(pointsQuery(database, name, { from: start, to, limit })));
      yield rows
        .slice(0, left)
        .map((row) => formatPoint(name, row, unit))
        .join('');
      if (rows.length > left) {
        yield formatCsvRow([cutSentence(rowsMax, formatSeriesName(name))]);
        return;
      }
      left -= rows.length;
      const last = Number(rows.at(-1)?.time);
      if (rows.length < limit) break;
      start = last + 1; // one point per series and moment
    }
  }
}

function cutSentence(rowsMax: number, series: string): string {
  return `Cut after ${rowsMax} rows, in ${series}: export a shorter range, or fewer series.`;
}

function formatPoint({ site, area, device, metric }: SeriesName, row: Row, unit: string | null): string {
  const value = row.value ?? row.flag ?? row.text ?? null;
  const quality = decodeQuality(numberIn(row, 'q') ?? 0) ?? 'bad';
  const isNumber = typeof value === 'number';
  return formatCsvRow([
    formatCsvMoment(Number(row.time)),
    ...[site, area, device, metric, value, isNumber ? unit : null, quality],
  ]);
}
