import { z } from 'zod';
import { PRIORITIES } from '#domain/alarm.ts';
import { alarmMessage } from '../../plant/schemas.ts';
import {
  type AlarmBand,
  type JournalPage,
  type JournalRow,
  type QueryAnswer,
  type SeriesPage,
  TIERS,
  type Trend,
  type TrendSeries,
} from '../history.ts';
import { moment, named } from './named.ts';

const numbers = z.array(z.number()).readonly();
const stretch = { from: moment, to: moment };
const series = { site: z.string(), area: z.string(), device: z.string(), metric: z.string() };

const trendSeries = z.object({
  ...series,
  unit: z.string().nullable(),
  gapMs: z.number().describe('Two neighbours farther apart than this are not to be joined by a line'),
  at: numbers.describe('Begin of each bucket that has numbers'),
  mean: numbers,
  min: numbers,
  max: numbers,
  count: numbers,
  states: z
    .array(z.object({ ...stretch, value: z.union([z.boolean(), z.string()]) }))
    .readonly()
    .describe('Stretches of a switch or a text'),
  moreStates: z.number(),
  quality: z.array(z.object({ ...stretch, quality: z.enum(['uncertain', 'bad']), points: z.number() })).readonly(),
  limits: z
    .array(z.object({ rule: z.string(), value: z.number(), isHigh: z.boolean(), priority: z.enum(PRIORITIES) }))
    .readonly()
    .describe('What rules compare the series with'),
}) satisfies z.ZodType<TrendSeries>;

const alarmBand = z.object({
  site: z.string(),
  area: z.string(),
  rule: z.string(),
  instance: z.string(),
  from: moment,
  to: moment.nullable().describe('null: it still is active, at the end of the range'),
  priority: z.string(),
  summary: z.string(),
  limit: z.number().nullable(),
}) satisfies z.ZodType<AlarmBand>;

export const trendView = named(
  'Trend',
  z
    .object({
      ...stretch,
      intervalMs: z.number().describe('Width of a bucket'),
      tier: z.enum(TIERS),
      series: z.array(trendSeries).readonly(),
      alarms: z.array(alarmBand).readonly(),
      hasMoreAlarms: z.boolean(),
    })
    .describe('Series over one range, in buckets of one width.'),
) satisfies z.ZodType<Trend>;

export const seriesPage = z.object({
  series: z.array(z.object({ ...series, isLive: z.boolean() })).readonly(),
  next: z.string().nullable().describe('`cursor` of the next page; null: there is none'),
  problem: z.string().nullable().describe('Why the store could not be asked; null where it was'),
}) satisfies z.ZodType<SeriesPage>;

export const queryAnswer = z.object({
  series: z
    .array(
      z.object({
        name: z.string().nullable(),
        tags: z.record(z.string(), z.string()),
        columns: z.array(z.string()).readonly(),
        values: z.array(z.array(z.union([z.number(), z.string(), z.boolean(), z.null()])).readonly()).readonly(),
      }),
    )
    .readonly(),
  isCut: z.boolean().describe('There were more rows than are answered'),
}) satisfies z.ZodType<QueryAnswer>;

const journalRow = named(
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
      sinceActiveMs: z.number().nullable().describe('From the activation to this entry; null outside an episode'),
      inputs: alarmMessage.shape.inputs.describe('What was known when it was decided'),
      actor: z.string().nullable(),
      comment: z.string().nullable(),
      command: z.string().nullable(),
      commandReason: z.string().nullable(),
      historical: z.boolean().describe('Decided on data that came too late to be acted on'),
      shadow: z.boolean(),
    })
    .describe('What happened to an alarm once.'),
) satisfies z.ZodType<JournalRow>;

export const journalPage = z.object({
  entries: z.array(journalRow).readonly(),
  next: z.string().nullable().describe('`cursor` of the next page; null: there is none'),
}) satisfies z.ZodType<JournalPage>;
