import { z } from 'zod';
import type { JournalRow, Trend } from '../history.ts';
import { moment, named } from './named.ts';

const column = z.array(z.number().nullable()).readonly();

export const trendView = named(
  'Trend',
  z
    .object({
      from: moment,
      to: moment,
      intervalMs: z.number().describe('Width of a bucket'),
      gapMs: z.number().describe('Two neighbours farther apart than this are not to be joined by a line'),
      unit: z.string().nullable(),
      at: z.array(z.number()).readonly().describe('Begin of each bucket'),
      mean: column,
      min: column,
      max: column,
    })
    .describe('One series in buckets, the oldest first; null where the store has nothing.'),
) satisfies z.ZodType<Trend>;

export const journalRow = named(
  'JournalEntry',
  z
    .object({
      at: moment,
      alarmId: z.string(),
      seq: z.number(),
      site: z.string(),
      area: z.string(),
      rule: z.string(),
      instance: z.string(),
      episode: z.number(),
      event: z.string(),
      state: z.string(),
      overlay: z.string().nullable(),
      priority: z.string(),
      limit: z.number().nullable().describe('The limit that was passed, where there is one'),
      summary: z.string(),
      actor: z.string().nullable(),
      comment: z.string().nullable(),
      command: z.string().nullable(),
      commandReason: z.string().nullable(),
      historical: z.boolean().describe('Decided on data that came too late to be acted on'),
      shadow: z.boolean(),
    })
    .describe('What happened to an alarm once.'),
) satisfies z.ZodType<JournalRow>;
