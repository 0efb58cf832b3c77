// What the store remembers of alarms: their journal.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PRIORITIES } from '#domain/alarm.ts';
import { JOURNAL_EVENTS } from '#domain/journal.ts';
import { nameText } from '#runtime/name-schema.ts';
import type { JournalRow } from '../../api/history.ts';
import { journalPage } from '../../api/schemas/history.ts';
import { parsePlace, readJournalPage } from '../../store/journal.ts';
import type { AppParts } from '../app.ts';
import { DAY_MS, isRange, moment, RANGE_ERROR } from './range.ts';

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

export function historyRoutes({ store, database, now }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    const entries = {
      config: { least: 'viewer' },
      schema: {
        summary: 'What happened to alarms, the newest first; the last day where no range is named',
        ...{ querystring: journal, response: { 200: journalPage } },
      },
    } as const;
    app.get('/journal', entries, ({ query }) => {
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
