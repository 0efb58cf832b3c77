// What the store remembers: one series as a picture, and the alarm journal.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { metricNameText, nameText } from '#runtime/name-schema.ts';
import { journalRow, trendView } from '../../api/schemas/history.ts';
import { UNKNOWN_METRIC } from '../../plant/catalog.ts';
import { readJournal } from '../../store/journal.ts';
import { readTrend } from '../../store/trend.ts';
import type { AppParts } from '../app.ts';

const moment = z.coerce.number().pipe(z.int().min(0)).describe('ms since the epoch');

const DAY_MS = 86_400_000;
/** The journal and the trend of a year. */
const RANGE_MS_MAX = 366 * DAY_MS;

function isRange({ from, to }: { from: number; to: number }): boolean {
  return from < to && to - from <= RANGE_MS_MAX;
}
const RANGE_ERROR = { error: 'from must be before to, at most 366 days', path: ['from'] };

const trend = z
  .strictObject({
    site: nameText,
    area: nameText,
    device: nameText,
    metric: metricNameText,
    from: moment,
    to: moment,
    points: z.coerce.number().pipe(z.int().min(10).max(2_000)).default(300),
  })
  .refine(isRange, RANGE_ERROR);

const journal = z.strictObject({
  site: nameText.optional(),
  area: nameText.optional(),
  rule: nameText.optional(),
  instance: nameText.optional(),
  from: moment.optional(),
  to: moment.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(100),
});

export function historyRoutes({ plant, store, database, now }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    const picture = {
      config: { least: 'viewer' },
      schema: {
        summary: 'One series over a range, in as many buckets as a picture has room for',
        ...{ querystring: trend, response: { 200: trendView } },
      },
    } as const;
    app.get('/trend', picture, ({ query }) => {
      const { site, area, device, metric, from, to, points } = query;
      const series = { site, area, device, metric };
      const note = plant.value(series) ?? UNKNOWN_METRIC;
      return readTrend(store, database, { series, from, to, points }, note);
    });
    const entries = {
      config: { least: 'viewer' },
      schema: {
        summary: 'What happened to alarms, the newest first; the last day where no range is named',
        ...{ querystring: journal, response: { 200: z.object({ entries: z.array(journalRow) }) } },
      },
    } as const;
    app.get('/journal', entries, async ({ query }) => {
      const { limit, from, to, ...filter } = query;
      const end = to ?? now() + 1;
      return { entries: await readJournal(store, database, filter, { from: from ?? end - DAY_MS, to: end, limit }) };
    });
  };
}
