// Several series over one range, in as many buckets as the picture has room for: of points where the buckets are narrow, of their
// roll-ups where they are wide, and of points again where those do not reach yet.

import type { SeriesName } from '#domain/series.ts';
import type { Trend, TrendSeries } from '../api/history.ts';
import type { MetricNote } from '../plant/catalog.ts';
import { type Resolution, resolutionsOf } from './bucket-width.ts';
import { type Store, StoreError, type Table } from './influx.ts';
import { type BucketRange, qualityQuery, type Range, trendQuery } from './influxql.ts';
import { qualitySpans, stateSpans } from './spans.ts';
import { numberIn, type Row, rowsOf } from './table-rows.ts';

export type TrendRequest = Range & {
  readonly series: readonly SeriesName[];
  /** Most buckets wanted. */
  readonly points: number;
  readonly noteOf: (series: SeriesName) => MetricNote;
};

type Source = { readonly store: Store; readonly database: string };

/** Stretches of one series that a picture has room for. */
const STATES_MAX = 500;
/** A person recognises a text by its beginning; the export has all of it. */
const TEXT_CHARS_MAX = 500;

type SeriesBuckets = Omit<TrendSeries, 'limits'>;
export type Buckets = Pick<Trend, 'from' | 'to' | 'intervalMs' | 'tier'> & {
  readonly series: readonly SeriesBuckets[];
};

/** @throws StoreError */
export async function readBuckets(source: Source, request: TrendRequest): Promise<Buckets> {
  const { from, to, points } = request;
  const [finest, ...coarser] = resolutionsOf(to - from, points);
  const readAt = async (resolution: Resolution): Promise<Buckets> => {
    const series = await Promise.all(request.series.map((name) => readSeries(source, request, { name, resolution })));
    return { from, to, ...resolution, series };
  };
  const wanted = await readAt(finest);
  if (!isEmpty(wanted)) return wanted;
  for (const resolution of coarser) {
    const found = await readAt(resolution);
    if (!isEmpty(found)) return found;
  }
  return wanted;
}

function isEmpty({ series }: Buckets): boolean {
  return series.every(({ at, states }) => at.length + states.length === 0);
}

async function readSeries(
  source: Source,
  { from, to, noteOf }: TrendRequest,
  { name, resolution }: { readonly name: SeriesName; readonly resolution: Resolution },
): Promise<SeriesBuckets> {
  const { intervalMs } = resolution;
  const [rows, worse] = await Promise.all([
    readRows(source, name, { from, to, ...resolution }),
    source.store.query(qualityQuery(source.database, name, { from, to, intervalMs })),
  ]);
  const { unit, staleAfterMs, storedEveryMs } = noteOf(name);
  // A sensor that reports slower than the buckets, or is thinned, leaves empty ones between its values: no gap until it is stale,
  // or until one would have been kept.
  const gapMs = Math.max(staleAfterMs, intervalMs * 1.5, storedEveryMs && storedEveryMs + intervalMs);
  const numbers = rows.filter((row) => numberIn(row, 'mean') !== null);
  const column = (of: string) => numbers.map((row) => numberIn(row, of) ?? Number.NaN);
  const states = stateSpans(rows.flatMap(stateIn), { intervalMs, gapMs, to });
  const bad = rowsOf(worse).map((row) => ({
    at: Number(row.time),
    worst: numberIn(row, 'worst') ?? 0,
    count: numberIn(row, 'count') ?? 0,
  }));
  return {
    ...name,
    unit,
    gapMs,
    ...{ at: column('time'), mean: column('mean'), min: column('min'), max: column('max'), count: column('count') },
    states: states.slice(-STATES_MAX),
    moreStates: Math.max(0, states.length - STATES_MAX),
    quality: qualitySpans(bad, intervalMs),
  };
}

function stateIn(row: Row) {
  const value = typeof row.text === 'string' ? row.text.slice(0, TEXT_CHARS_MAX) : row.flag;
  return typeof value === 'boolean' || typeof value === 'string' ? [{ at: Number(row.time), value }] : [];
}

/**
 * The newest roll-up may be of a beginning only, and those behind it are not made yet: from there on the points say it. So they do of
 * what came before the first: roll-ups may have been turned on later.
 */
async function readRows({ store, database }: Source, name: SeriesName, range: BucketRange): Promise<Row[]> {
  const readPoints = async (part: Range) =>
    rowsOf(await store.query(trendQuery(database, name, { ...part, intervalMs: range.intervalMs, tier: 'raw' })));
  if (range.tier === 'raw') return readPoints(range);
  const rolledUp = rowsOf(await readRollUps(store, trendQuery(database, name, range)));
  const [first, last] = [rolledUp[0], rolledUp.at(-1)].map((row) => Number(row?.time ?? range.from));
  const [start, end] = [first ?? range.from, Math.max(range.from, last ?? range.from)];
  const [head, tail] = await Promise.all([
    start > range.from ? readPoints({ from: range.from, to: start }) : [],
    readPoints({ from: end, to: range.to }),
  ]);
  // Long ago there are roll-ups alone.
  const isCovered = tail.some(({ time }) => Number(time) === last);
  return [...head, ...(isCovered ? rolledUp.slice(0, -1) : rolledUp), ...tail];
}

/** A store without roll-ups has none: they can be turned off. */
async function readRollUps(store: Store, influxql: string): Promise<Table> {
  try {
    return await store.query(influxql);
  } catch (error) {
    if (error instanceof StoreError && !error.retryable) return { columns: [], rows: [] };
    throw error;
  }
}
