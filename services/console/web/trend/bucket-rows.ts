// What is shown, as rows: the picture for those who do not see it, and for a spreadsheet. Pure.

import { formatSeriesName } from '#domain/series.ts';
import { formatCsvMoment, formatCsvRow } from '../../api/csv.ts';
import type { QualitySpan, Trend, TrendSeries } from '../../api/history.ts';

const COLUMNS = [
  'time',
  'site',
  'area',
  'device',
  'metric',
  'mean',
  'min',
  'max',
  'points',
  'state',
  'unit',
  'quality',
];

/** Buckets of every series, one after the other; a stretch of a state is one row, at its begin. */
export function csvOf({ series }: Trend): string {
  return [formatCsvRow(COLUMNS), ...series.map(csvRowsOf)].join('');
}

function csvRowsOf(series: TrendSeries): string {
  const { site, area, device, metric, unit } = series;
  const names = [site, area, device, metric];
  const quality = (at: number) => qualityAt(series, at)?.quality ?? 'good';
  const numbers = series.at.map((at, i) => {
    const cells = (['mean', 'min', 'max', 'count'] as const).map((column) => series[column][i] ?? null);
    return formatCsvRow([formatCsvMoment(at), ...names, ...cells, null, unit, quality(at)]);
  });
  const states = series.states.map(({ from, value }) =>
    formatCsvRow([formatCsvMoment(from), ...names, null, null, null, null, value, null, quality(from)]),
  );
  return [...numbers, ...states].join('');
}

function qualityAt({ quality }: Pick<TrendSeries, 'quality'>, at: number): QualitySpan | undefined {
  return quality.find(({ from, to }) => at >= from && at < to);
}

export type BucketCell = {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly quality: QualitySpan['quality'] | undefined;
};
export type BucketRow = { readonly at: number; readonly cells: readonly (BucketCell | null)[] };

/** By time, a cell for each series that has numbers. */
export function bucketRows(series: readonly TrendSeries[]): BucketRow[] {
  const moments = [...new Set(series.flatMap(({ at }) => at))].sort((a, b) => a - b);
  const places = series.map(({ at }) => new Map(at.map((moment, i) => [moment, i])));
  return moments.map((at) => ({ at, cells: series.map((each, k) => cellOf(each, places[k]?.get(at))) }));
}

function cellOf(series: TrendSeries, i: number | undefined): BucketCell | null {
  if (i === undefined) return null;
  const { at, mean, min, max } = series;
  const quality = qualityAt(series, at[i] ?? 0)?.quality;
  return { mean: mean[i] ?? 0, min: min[i] ?? 0, max: max[i] ?? 0, quality };
}

/** For a file name. */
export function fileNameOf({
  series,
  from,
  to,
}: Pick<Trend, 'from' | 'to'> & { readonly series: readonly TrendSeries[] }): `${string}.csv` {
  const [first] = series;
  const name = series.length === 1 && first !== undefined ? formatSeriesName(first) : `${series.length}-series`;
  const moment = (at: number) => formatCsvMoment(at).slice(0, 19).replaceAll(':', '');
  return `${name.replace(/[^\w.-]+/g, '_')}_${moment(from)}_${moment(to)}.csv`;
}
