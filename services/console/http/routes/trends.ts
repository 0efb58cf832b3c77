// Series over time: which there are, up to eight of them as a picture, their points as a file, and whatever else a person asks.

import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { parseSeriesName, type SeriesName } from '#domain/series.ts';
import { type QueryAnswer, type SeriesPage, TREND_SERIES_MAX, type Trend } from '../../api/history.ts';
import { queryAnswer, seriesPage, trendView } from '../../api/schemas/history.ts';
import { UNKNOWN_METRIC } from '../../plant/catalog.ts';
import { OneAtATime } from '../../rejected/one-at-a-time.ts';
import { readAlarmBands, type Wanted } from '../../store/alarm-bands.ts';
import { exportPoints } from '../../store/export-points.ts';
import { type TaggedTable, whileWaited } from '../../store/influx.ts';
import { QUERY_CHARS_MAX, queryProblem, trimmedQuery } from '../../store/read-only-query.ts';
import { searchSeries } from '../../store/search-series.ts';
import { readBuckets } from '../../store/trend.ts';
import type { AppParts } from '../app.ts';
import { hungUp } from '../hung-up.ts';
import { ProblemError } from '../problem.ts';
import { isRange, moment, RANGE_ERROR } from './range.ts';

const seriesName = z
  .string()
  .max(400)
  .transform((text, context) => {
    const series = parseSeriesName(text);
    if (series !== undefined) return series;
    context.addIssue({ code: 'custom', message: 'must be site/area/device/metric' });
    return z.NEVER;
  });
const seriesNames = z
  .preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(seriesName).min(1).max(TREND_SERIES_MAX))
  .describe(`site/area/device/metric; up to ${TREND_SERIES_MAX} of them`);

const chosen = { s: seriesNames, from: moment, to: moment };
const trend = z
  .strictObject({ ...chosen, points: z.coerce.number().pipe(z.int().min(10).max(2_000)).default(300) })
  .refine(isRange, RANGE_ERROR);
const exported = z.strictObject(chosen).refine(isRange, RANGE_ERROR);

const search = z.strictObject({
  search: z.string().max(200).default(''),
  where: z.enum(['all', 'stored']).default('all').describe('stored: those that have no latest value any more'),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().max(400).optional(),
});

const query = z.strictObject({
  q: z
    .string()
    .min(1)
    .max(QUERY_CHARS_MAX + 100),
});

/** Of a query of a person: as much as a browser draws as a table. */
const QUERY_ROWS_MAX = 20_000;
const QUERY_BYTES_MAX = 2 * 1024 * 1024;
/** To read such an answer holds up everything else for some tenths of a second. */
const QUERIES_WAITING_MAX = 4;

const AGAIN_MS = 5_000;

/** A text to whoever reads it. */
const streamed = z.custom<Readable>().meta({ type: 'string' });

export function trendRoutes({ plant, store, database, ruleMarks }: AppParts): FastifyPluginAsyncZod {
  /** A picture that somebody has moved on from is not to keep the store busy. */
  const sourceFor = ({ signal }: FastifyRequest) => ({ store: whileWaited(store, signal), database });
  const queries = new OneAtATime(QUERIES_WAITING_MAX);
  const noteOf = (series: SeriesName) => plant.value(series) ?? UNKNOWN_METRIC;
  const described = (series: SeriesName) => ({ series, device: plant.device(series) ?? null });
  return async (app) => {
    const found = {
      config: { least: 'viewer' },
      schema: {
        summary: 'Series by what they are called, those with a latest value first',
        ...{ querystring: search, response: { 200: seriesPage } },
      },
    } as const;
    app.get('/series', found, (request): Promise<SeriesPage> => {
      return searchSeries(store, plant.seriesNames(), request.query);
    });
    const picture = {
      config: { least: 'viewer' },
      schema: {
        summary: 'Up to eight series over a range, in as many buckets as a picture has room for',
        ...{ querystring: trend, response: { 200: trendView } },
      },
    } as const;
    app.get('/trend', picture, async (request): Promise<Trend> => {
      const { s, ...range } = request.query;
      const source = sourceFor(request);
      const areas = Map.groupBy(s, ({ site, area }) => `${site}/${area}`);
      const wanted = [...areas.values()].map(
        (list): Wanted => ({
          site: list[0]?.site ?? '',
          area: list[0]?.area ?? '',
          devices: new Set(list.map(({ device }) => device)),
          alarms: list.flatMap((series) => ruleMarks.alarmsOf(described(series))),
        }),
      );
      const [buckets, ...found] = await Promise.all([
        readBuckets(source, { series: s, ...range, noteOf }),
        ...wanted.map((each) => readAlarmBands(source, each, range)),
      ]);
      return {
        ...buckets,
        series: buckets.series.map((series) => ({
          ...series,
          limits: ruleMarks.limitsOf(described(series), series.unit),
        })),
        alarms: found.flatMap(({ bands }) => bands).sort((a, b) => a.from - b.from),
        hasMoreAlarms: found.some(({ isCut }) => isCut),
      };
    });
    const file = {
      config: { least: 'viewer' },
      // A HEAD would read all of it from the store, for nothing.
      exposeHeadRoute: false,
      schema: {
        summary: 'The points themselves as a file (CSV)',
        querystring: exported,
        response: { 200: { description: 'One line a point', content: { 'text/csv': { schema: streamed } } } },
      },
    } as const;
    app.get('/series/export.csv', file, async (request, reply) => {
      const { s, from, to } = request.query;
      const rows = exportPoints(sourceFor(request), { series: s, from, to, unitOf: (series) => noteOf(series).unit });
      // The first points are read before anything is sent: a store that cannot be asked is a problem to be read, not half a file.
      const head = `${(await rows.next()).value ?? ''}${(await rows.next()).value ?? ''}`;
      reply.header('content-disposition', 'attachment; filename="penstock-points.csv"').type('text/csv; charset=utf-8');
      return reply.send(Readable.from(after(head, rows)));
    });
    const asked = {
      config: { least: 'engineer' },
      schema: {
        summary: 'Ask the store in InfluxQL; it is only read',
        ...{ body: query, response: { 200: queryAnswer } },
      },
    } as const;
    app.post('/query', asked, async ({ body }, reply) => {
      const problem = queryProblem(body.q);
      if (problem !== undefined) throw new ProblemError(400, problem);
      const options = { bytesMax: QUERY_BYTES_MAX, signal: hungUp(reply) };
      const answer = queries.do(() => store.tables(trimmedQuery(body.q), options));
      if (answer === undefined)
        throw new ProblemError(503, 'Too many are asking the store at this moment. Try again in a moment.', AGAIN_MS);
      return toAnswer(await answer);
    });
  };
}

async function* after(head: string, rest: AsyncIterable<string>): AsyncIterable<string> {
  yield head;
  yield* rest;
}

function toAnswer(tables: readonly TaggedTable[]): QueryAnswer {
  let left = QUERY_ROWS_MAX;
  let isCut = false;
  const series = tables.flatMap(({ name, tags, columns, rows }) => {
    const values = rows.slice(0, left);
    isCut ||= values.length < rows.length;
    left -= values.length;
    return values.length === 0 && rows.length > 0 ? [] : [{ name, tags, columns, values }];
  });
  return { series, isCut };
}
