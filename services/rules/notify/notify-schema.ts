// The three files of rules/notify, field by field. Unknown fields are errors. What one file says of another is checked by
// notify-files.ts, which knows them all.

import { z } from 'zod';
import { PRIORITIES } from '#domain/alarm.ts';
import { parseDuration } from '#domain/duration.ts';
import { durationText } from '#runtime/duration-text.ts';
import { nameText } from '#runtime/name-schema.ts';
import type { SecretReader } from '../channels/channel.ts';
import { channelSchema } from '../channels/channels.ts';
import { smtpSchema } from '../channels/email.ts';
import { secretFile } from '../channels/settings.ts';
import { isTimeZone, patternProblem } from './shift.ts';

const $schema = z.string().optional();

const timeZone = z.string().refine(isTimeZone, { error: 'must be a time zone such as Europe/Paris or UTC' });

const duration = (minMs: number, maxMs: number, words: string) =>
  durationText
    .transform((text) => parseDuration(text) ?? 0)
    .refine((ms) => ms >= minMs && ms <= maxMs, { error: `must be ${words}` });

const DAY_MS = 86_400_000;

const hostText = z.string().regex(/^(?:\*\.)?[a-z0-9._:-]{1,253}$/, {
  error: 'must be a host in lower case without scheme and port, such as hooks.slack.com or *.example.org',
});

export const receiversSchema = (readSecret: SecretReader) =>
  z.strictObject({
    $schema,
    allowedHosts: z.array(hostText).default([]).describe('Hosts that may be reached; no other is.'),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe(
        'Whether addresses of private networks may be reached. Link-local ones and metadata services never are.',
      ),
    allowHttp: z.boolean().default(false).describe('Whether hosts may be reached without TLS.'),
    caFile: secretFile(readSecret)
      .refine((text) => text.includes('-----BEGIN CERTIFICATE-----'), { error: 'the file holds no certificate (PEM)' })
      .optional()
      .describe('A file with the certificates that are trusted instead of the public authorities.'),
    smtp: smtpSchema(readSecret).optional().describe('The mail server; needed by channels of type email.'),
    timeZone: timeZone.default('UTC').describe('Of moments in texts.'),
    perMinuteMax: z
      .int()
      .min(1)
      .max(600)
      .default(20)
      .describe(
        'Messages to one channel in a minute; what is more becomes one summary. Critical alarms are not held back.',
      ),
    receivers: z.record(nameText, z.array(channelSchema(readSecret)).min(1, { error: 'needs at least one channel' })),
  });

const oneOrMore = <T extends z.ZodType>(each: T) =>
  z.union([each, z.array(each).min(1)]).transform((given): z.output<T>[] => (Array.isArray(given) ? given : [given]));

const GROUP_KEYS = ['site', 'area', 'rule', 'instance', 'priority', 'alarm'] as const;
const groupKey = z.union([z.enum(GROUP_KEYS), z.templateLiteral(['labels.', nameText])], {
  error: `must be ${GROUP_KEYS.join(', ')} or labels.<name>`,
});
export type GroupKey = z.output<typeof groupKey>;

const route = z.strictObject({
  match: z
    .strictObject({
      site: oneOrMore(nameText).optional(),
      area: oneOrMore(nameText).optional(),
      rule: oneOrMore(nameText).optional(),
      priority: oneOrMore(z.enum(PRIORITIES)).optional(),
      labels: z.record(nameText, oneOrMore(z.string())).optional().describe('Such as { "team": "process" }.'),
    })
    .default({})
    .describe('All that is given must hold; of a list one value.'),
  receiver: nameText,
  during: nameText.optional().describe('Only while this shift is on duty.'),
  outside: nameText.optional().describe('Only while this shift is not on duty.'),
  groupBy: z.array(groupKey).default(['site', 'area']).describe('Alarms that are equal in these are told together.'),
  groupWait: duration(0, 600_000, 'at most 10m').default(10_000).describe('How long the first waits for others.'),
  groupInterval: duration(0, 3_600_000, 'at most 1h')
    .default(60_000)
    .describe('The least time between two messages of a group.'),
  repeatInterval: z
    .union([z.literal('never'), duration(60_000, 7 * DAY_MS, 'never, or between 1m and 7d')])
    .default(4 * 3_600_000)
    .describe('After this time an alarm that is active and not acknowledged is told again.'),
  followUps: z
    .boolean()
    .default(true)
    .describe('Whether those who were called hear of the acknowledgement and the return.'),
  continue: z.boolean().default(false).describe('Whether the routes after it are looked at too.'),
});
export type RouteSpec = z.output<typeof route>;

/** What a receiver that a rule names itself gets. */
export function defaultRoute(receiver: string): RouteSpec {
  return route.parse({ receiver });
}

export const routesSchema = z.strictObject({
  $schema,
  routes: z.array(route).describe('Looked at in this order; the first that matches is taken.'),
});

const shift = z.strictObject({
  timeZone,
  starts: oneOrMore(
    z.string().superRefine((pattern, context) => {
      const message = patternProblem(pattern);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  ).describe("Cron patterns of five fields, such as '0 6 * * MON-FRI'."),
  lasts: duration(60_000, 31 * DAY_MS, 'between 1m and 31d').describe(
    'By the clock of the zone: 22:00 and 8h end at 06:00.',
  ),
  except: z.array(z.iso.date()).default([]).describe('Days on which it does not start, such as 2026-12-25.'),
});

export const calendarsSchema = z.strictObject({ $schema, shifts: z.record(nameText, shift) });
