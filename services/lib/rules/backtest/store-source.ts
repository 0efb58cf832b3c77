// History from the store, in slices of time small enough to hold: the width follows how many points there are, and a slice
// that still holds more is cut where its answer ends. What fails for a while is asked again; nothing is skipped.

import { type BatchError, SeriesTable } from '#domain/batch.ts';
import { isMetricName, isName } from '#domain/name.ts';
import type { Point, Value } from '#domain/point.ts';
import { decodeQuality } from '#domain/quality.ts';
import { READING } from '#domain/series.ts';
import { type Cell, type InfluxClient, type Rows, StoreRefusal } from './influx-client.ts';
import { noCounts, type PointSource, type Range, SourceError } from './point-source.ts';
import type { WantedSeries } from './wanted-series.ts';

export type StoreSourceOptions = {
  readonly client: InfluxClient;
  readonly database: string;
  readonly wanted: WantedSeries;
  readonly range: Range;
  /** Waits between two tries; returns early where the signal is given. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal;
  /** Where its series get their seats, where they are to share them with another source. */
  readonly table?: SeriesTable;
  /** Rows of one answer at most; the historian refuses more than 100,000. */
  readonly rowsMax?: number;
};

const ROWS_MAX_DEFAULT = 25_000;
const SLICE_MS_FIRST = 10 * 60_000;
const SLICE_MS_MIN = 1_000;
const SLICE_MS_MAX = 7 * 86_400_000;
/** Two minutes in all: as long as a store takes to start again. */
const RETRY_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
/** A store that never answered has the wrong address, most of all: nobody waits two minutes for that. */
const TRIES_MAX_FIRST = 3;

const FIELDS = ['value', 'flag', 'text', 'q', 'late'] as const;
const TAGS = ['site', 'area', 'device', 'metric'] as const;

/** @throws SourceError from its batches where the store cannot be read */
export function storeSource(options: StoreSourceOptions): PointSource {
  const { range, wanted, rowsMax = ROWS_MAX_DEFAULT, table = new SeriesTable() } = options;
  const counts = noCounts();
  const read = (row: readonly Cell[]): Point | undefined => {
    const point = pointOf(row, table);
    if (!('reason' in point)) return point;
    counts.unreadable++;
    counts.firstUnreadable ??= `${point.reason}: ${point.line.slice(0, 120)}`;
    return undefined;
  };
  async function* batches(): AsyncIterable<readonly Point[]> {
    if (wanted.size === 0) return;
    const ask = asker(options, rowsMax);
    let sliceMs = SLICE_MS_FIRST;
    for (let from = range.from; from < range.to; ) {
      const to = Math.min(range.to, from + sliceMs);
      const rows = await ask({ from, to });
      const isCut = rows.length >= rowsMax;
      const lastAt = isCut ? Number(rows.at(-1)?.[0]) : to;
      if (isCut && Number(rows[0]?.[0]) === lastAt) throw tooMany(lastAt, options);
      // Of the last moment of an answer that was cut rows may be missing: all of them come with the next slice.
      const whole = isCut ? rows.filter(([at]) => Number(at) < lastAt) : rows;
      yield inOrder(whole.flatMap((row) => read(row) ?? []));
      sliceMs = nextSlice(lastAt - from, whole.length, rowsMax);
      from = lastAt;
    }
  }
  return { batches, counts };
}

/** The width at which a slice would be half full; never far from the last one, since plants wake up. */
export function nextSlice(sliceMs: number, points: number, rowsMax: number): number {
  const factor = points === 0 ? 4 : Math.max(0.1, Math.min(4, rowsMax / 2 / points));
  return Math.round(Math.max(SLICE_MS_MIN, Math.min(SLICE_MS_MAX, sliceMs * factor)));
}

/** Asks until there is an answer, or it is no use. A store that has answered before may be starting again. */
function asker({ client, database, wanted, sleep, signal }: StoreSourceOptions, limit: number) {
  let hasAnswered = false;
  return async (range: Range): Promise<Rows> => {
    const influxql = readingsQuery(database, wanted, { ...range, limit });
    for (let tries = 0; ; tries++) {
      try {
        const rows = await client.query(influxql, signal);
        hasAnswered = true;
        return rows;
      } catch (error) {
        if (!(error instanceof StoreRefusal)) throw error;
        const waitMs = RETRY_WAITS_MS[tries];
        const isGivenUp = waitMs === undefined || (!hasAnswered && tries >= TRIES_MAX_FIRST - 1);
        if (!error.retryable || isGivenUp) throw sourceError(error, tries);
        await sleep(waitMs, signal);
        signal?.throwIfAborted();
      }
    }
  };
}

function sourceError(error: StoreRefusal, tries: number): SourceError {
  const after = tries === 0 ? '' : `, after ${tries + 1} tries`;
  return new SourceError(`${error.message}${after}`, { isUnreachable: error.isUnreachable });
}

function tooMany(at: number, { client, rowsMax = ROWS_MAX_DEFAULT }: StoreSourceOptions): SourceError {
  const moment = new Date(at).toISOString();
  return new SourceError(
    `the store at ${client.where} has ${rowsMax} points or more of the single moment ${moment}; narrow the rules by --rule`,
    { isUnreachable: false },
  );
}

/** Fully qualified and quoted, so that every InfluxDB and the historian understand it alike. */
export function readingsQuery(
  database: string,
  wanted: WantedSeries,
  part: Range & { readonly limit: number },
): string {
  const terms = [...wanted].map(([metric, devices]) => {
    const isMetric = `"metric" = ${quoted(metric, "'")}`;
    if (devices === null || devices.size === 0) return devices === null ? isMetric : undefined;
    const named = [...devices].map((device) => `"device" = ${quoted(device, "'")}`).join(' OR ');
    return `(${isMetric} AND (${named}))`;
  });
  const series = terms.filter((term) => term !== undefined).join(' OR ') || `"metric" = ''`;
  const columns = [...FIELDS.map((name) => `"${name}"::field`), ...TAGS.map((name) => `"${name}"::tag`)].join(', ');
  const from = [database, 'raw', READING].map((name) => quoted(name, '"')).join('.');
  const where = `(${series}) AND time >= ${part.from}ms AND time < ${part.to}ms`;
  return `SELECT ${columns} FROM ${from} WHERE ${where} ORDER BY time ASC LIMIT ${part.limit}`;
}

function quoted(text: string, quote: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
  return `${quote}${escaped}${quote}`;
}

/** The store gives no order to what is of one moment; the series' names do. */
function inOrder(points: Point[]): Point[] {
  return points.sort((a, b) => a.measuredAt - b.measuredAt || (a.series.key < b.series.key ? -1 : 1));
}

function pointOf(row: Rows[number], table: SeriesTable): Point | BatchError {
  const [time, value, flag, text, q, late, ...tags] = row;
  const [site, area, device, metric] = tags.map((tag) => (typeof tag === 'string' ? tag : '')) as [
    string,
    string,
    string,
    string,
  ];
  const refused = (reason: string): BatchError => ({ line: JSON.stringify(row), reason });
  if (!isName(site) || !isName(area) || !isName(device) || !isMetricName(metric))
    return refused('site, area, device or metric is not a valid name');
  if (typeof time !== 'number' || !Number.isSafeInteger(time)) return refused('the time is none');
  const quality = q === null || q === undefined ? 'good' : decodeQuality(Number(q));
  if (quality === undefined) return refused('the quality is not 0, 1 or 2');
  const found: Value | null = value ?? flag ?? text ?? null;
  if (found === null && quality === 'good') return refused('a reading needs a value, a flag or a text');
  return {
    series: table.of({ site, area, device, metric }),
    value: found,
    quality,
    measuredAt: time,
    late: late === true,
  };
}
