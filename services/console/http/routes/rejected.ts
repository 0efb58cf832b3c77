// What was refused and is kept on disk: listed, told by kind, shown whole, and sent again. The command line does the same with the
// same code.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { filterProblem } from '#domain/access/filter.ts';
import { REPLAY_ROLES } from '#domain/access/operation-rights.ts';
import { REJECT_REASONS, type RejectReason } from '#domain/rejected.ts';
import { isDeviceKey } from '#domain/topic.ts';
import { REJECTING_SERVICES } from '#runtime/rejected-log/layout.ts';
import { parseReached, parseRejectionId, type Reached } from '#runtime/rejected-log/rejection-id.ts';
import { isWhole, type Selection } from '#runtime/rejected-log/select-rejected.ts';
import { rejectedGroups, rejectedPage, rejectionView, replayView } from '../../api/schemas/rejected.ts';
import type { AppParts } from '../app.ts';
import { ProblemError } from '../problem.ts';
import { givenMoment, moment } from './range.ts';

/** Topics may be 65,535 bytes long; a filter is written by a person. */
const FILTER_CHARS_MAX = 1_024;
const IDS_MAX = 100;

/** Text that `parse` reads. */
const parsed = <T>(parse: (text: string) => T | undefined, error: string) =>
  z
    .string()
    .max(256, { error })
    .transform((text, ctx): T => {
      const value = parse(text);
      if (value !== undefined) return value;
      ctx.addIssue({ code: 'custom', message: error });
      return z.NEVER;
    });

const reasons = Object.keys(REJECT_REASONS) as [RejectReason, ...RejectReason[]];
const reason = z.enum(reasons, { error: `must be one of ${reasons.join(', ')}` });
const id = parsed(parseRejectionId, `must be an id such as ${REJECTING_SERVICES[0]}-3-48`);
const cursor = parsed(parseReached, "must be the 'next' of an answer").optional();
const device = z.string().refine(isDeviceKey, { error: 'must be site/area/device' });
const topic = z
  .string()
  .max(FILTER_CHARS_MAX)
  .superRefine((filter, ctx) => {
    const problem = filterProblem(filter);
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
  });

/** As a query has it, where all is text and one of many may stand alone; and as JSON. */
const asked = <T extends z.ZodType<number>>(moment: T) => ({
  service: z.enum(REJECTING_SERVICES).optional(),
  reason: z.union([z.array(reason).max(reasons.length), reason.transform((one) => [one])]).optional(),
  device: device.optional(),
  topic: topic.optional(),
  since: moment.optional(),
  until: moment.optional(),
  group: z
    .string()
    .regex(/^[\da-f]{12}$/, { error: 'must be the id of a group' })
    .optional(),
});
const inQuery = asked(moment);
const limited = (fallback: number, max: number) => z.coerce.number().pipe(z.int().min(1).max(max)).default(fallback);

const isInOrder = ({
  since = 0,
  until = Number.POSITIVE_INFINITY,
}: {
  since?: number | undefined;
  until?: number | undefined;
}) => since < until;
const ORDER_ERROR = { error: 'must be before until', path: ['since'] };

const listed = z.strictObject({ ...inQuery, cursor, limit: limited(100, 500) }).refine(isInOrder, ORDER_ERROR);
const grouped = z.strictObject({ ...inQuery, limit: limited(100, 1_000) }).refine(isInOrder, ORDER_ERROR);

const replay = z
  .strictObject({
    ...asked(givenMoment),
    ids: z.array(id).min(1).max(IDS_MAX).optional(),
    all: z.literal(true).optional(),
    again: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    cursor,
  })
  .refine(isInOrder, ORDER_ERROR)
  .superRefine(({ ids, all, ...rest }, ctx) => {
    const isSelection = !isWhole(toSelection(rest));
    const ways = [ids !== undefined, isSelection, all === true].filter(Boolean).length;
    if (ways === 1) return;
    const message = "name them by 'ids', select some, or say 'all': one of these";
    ctx.addIssue({ code: 'custom', message });
  });

const NOTHING: Reached = new Map();

export function rejectedRoutes({ kept, replays }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    const list = {
      config: { least: 'viewer' },
      schema: {
        summary: 'Messages that were refused and are kept, the newest first',
        ...{ querystring: listed, response: { 200: rejectedPage } },
      },
    } as const;
    app.get('/rejected', list, ({ query }) =>
      kept.page(toSelection(query), { beyond: query.cursor ?? NOTHING, limit: query.limit }),
    );
    const groups = {
      config: { least: 'viewer' },
      schema: {
        summary: 'What was refused, told by its kind',
        ...{ querystring: grouped, response: { 200: rejectedGroups } },
      },
    } as const;
    app.get('/rejected/groups', groups, ({ query }) => kept.groups(toSelection(query), query.limit));
    const one = {
      config: { least: 'viewer' },
      schema: {
        summary: 'One of them, with its payload',
        ...{ params: z.object({ id }), response: { 200: rejectionView } },
      },
    } as const;
    app.get('/rejected/:id', one, ({ params }) => kept.one(params.id));
    const again = {
      config: { least: REPLAY_ROLES[0] },
      schema: { summary: 'Send them again, or say what would be sent', body: replay, response: { 200: replayView } },
    };
    app.post('/rejected/replay', again, async ({ session, body }) => {
      if (session === null) throw new ProblemError(401, 'Log in first.');
      const { ids, again, dryRun, cursor: beyond = NOTHING } = body;
      const what = ids === undefined ? { selection: toSelection(body) } : { ids };
      const wish = { what, isAgain: again || ids !== undefined, beyond };
      return dryRun ? await replays.foretell(wish) : await replays.replay(wish, session);
    });
  };
}

type Asked = {
  readonly service?: Selection['service'];
  readonly reason?: Selection['reasons'] | undefined;
  readonly device?: string | undefined;
  readonly topic?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly group?: string | undefined;
};

function toSelection(asked: Asked): Selection {
  const { service, reason: reasons = [], device, topic, since, until, group } = asked;
  return { service, reasons, device, topic, since, until, group };
}
