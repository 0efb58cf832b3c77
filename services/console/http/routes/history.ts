// What the store remembers of alarms: their journal.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { nameText } from '#runtime/name-schema.ts';
import { readJournal } from '../../store/journal.ts';
import type { AppParts } from '../app.ts';
import { DAY_MS, moment } from './range.ts';

const journal = z.strictObject({
  site: nameText.optional(),
  area: nameText.optional(),
  rule: nameText.optional(),
  instance: nameText.optional(),
  from: moment.optional(),
  to: moment.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(100),
});

export function historyRoutes({ store, database, now }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/journal', { config: { least: 'viewer' }, schema: { querystring: journal } }, async ({ query }) => {
      const { limit, from, to, ...filter } = query;
      const end = to ?? now() + 1;
      return { entries: await readJournal(store, database, filter, { from: from ?? end - DAY_MS, to: end, limit }) };
    });
  };
}
