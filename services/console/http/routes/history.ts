// What the store remembers: one series as a picture, and the alarm journal.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PRIORITIES } from '#domain/alarm.ts';
import { JOURNAL_EVENTS } from '#domain/journal.ts';
import { metricNameText, nameText } from '#runtime/name-schema.ts';
import type { JournalRow } from '../../api/history.ts';
import { UNKNOWN_METRIC } from '../../plant/catalog.ts';
import { parsePlace, readJournalPage } from '../../store/journal.ts';
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

/** A list as an address has it: `critical,high`. */
const listOf = <const T extends readonly string[]>(words: T) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(words, { error: `must be of ${words.join(', ')}` })).max(words.length));

const journal = z
  .strictObject({
    site: nameText.optional(),
    area: nameText.optional(),
    rule: nameText.optional(),
    instance: nameText.optional(),
    events: listOf(JOURNAL_EVENTS).optional(),
    priorities: listOf(PRIORITIES).optional(),
    find: z.string().max(200).optional().describe('words that the entry holds, all of them'),
    from: moment.optional(),
    to: moment.optional(),
    limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(100),
    cursor: z
      .string()
      .transform(parsePlace)
      .refine((place) => place !== undefined, { error: 'must be `next` of the page before' })
      .optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || isRange({ from, to }), RANGE_ERROR);

export function historyRoutes({ plant, store, database, now }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/trend', { config: { least: 'viewer' }, schema: { querystring: trend } }, ({ query }) => {
      const { site, area, device, metric, from, to, points } = query;
      const series = { site, area, device, metric };
      const note = plant.value(series) ?? UNKNOWN_METRIC;
      return readTrend(store, database, { series, from, to, points }, note);
    });
    app.get('/journal', { config: { least: 'viewer' }, schema: { querystring: journal } }, ({ query }) => {
      const { limit, from, to, cursor, find, ...filter } = query;
      const end = to ?? now() + 1;
      const range = { from: from ?? end - DAY_MS, to: end };
      const matches = find === undefined ? undefined : finds(find);
      return readJournalPage(store, database, { filter, range, limit, from: cursor, matches });
    });
  };
}

/** Whether an entry holds every word of a search. */
function finds(search: string): (entry: JournalRow) => boolean {
  const words = search.toLowerCase().split(/\s+/);
  return ({ summary, rule, instance, area, site, actor, comment, event }) => {
    const text = [summary, rule, instance, area, site, actor, comment, event].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
