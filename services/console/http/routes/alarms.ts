// The alarms, and what an operator does to them. The rules service decides and answers on the alarm's topic; here an
// operation is only checked for what would certainly be refused, and handed to the broker. One request may name many alarms:
// what cannot be done to one of them keeps nobody from doing it to the others.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mayOperate, OPERATION_ROLES } from '#domain/access/operation-rights.ts';
import { ALARM_OPERATIONS, type AlarmOperationName } from '#domain/alarm.ts';
import { isName } from '#domain/name.ts';
import { OPERATIONS_MAX, type OperationResults } from '../../api/alarms.ts';
import { alarmView, operationResults } from '../../api/schemas/alarm.ts';
import type { AppParts } from '../app.ts';
import { operate } from '../operate.ts';
import { linkNext, nextCursor, pageOf, pagingQuery } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { revisionOf } from '../revalidation.ts';
import type { Session } from '../session.ts';

/** 500 alarms of the longest names, and a comment of 2,000 characters in any script. */
const BODY_BYTES_MAX = 256 * 1024;

const alarmId = z
  .string()
  .max(300)
  .refine((id) => id.split('/').length === 4 && id.split('/').every(isName), {
    error: 'must be site/area/rule/instance',
  });

const operations = z
  .strictObject({
    op: z.enum(ALARM_OPERATIONS, { error: `must be one of ${ALARM_OPERATIONS.join(', ')}` }),
    comment: z.string().trim().max(2_000).optional(),
    alarms: z
      .array(z.strictObject({ id: alarmId, episode: z.int().min(0), until: z.int().optional() }))
      .min(1)
      .max(OPERATIONS_MAX),
  })
  .refine(({ op, alarms }) => op === 'shelve' || alarms.every(({ until }) => until === undefined), {
    error: "'until' belongs to 'shelve' alone",
    path: ['alarms'],
  })
  .refine(({ alarms }) => new Set(alarms.map(({ id }) => id)).size === alarms.length, {
    error: 'names an alarm twice',
    path: ['alarms'],
  });

export function alarmRoutes(parts: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    const list = {
      config: { least: 'viewer', revision: revisionOf(parts, 'alarms') },
      schema: {
        summary: 'Every alarm as it stands, normal ones too',
        querystring: z.strictObject(pagingQuery('alarms')),
        response: { 200: z.object({ alarms: z.array(alarmView).readonly(), next: nextCursor }) },
      },
    } as const;
    app.get('/alarms', list, (request, reply) => {
      const { page, next } = pageOf(
        { list: 'alarms', items: parts.plant.alarms(), keyOf: ({ id }) => id },
        request.query,
      );
      linkNext(request, reply, next);
      return { alarms: page, next };
    });
    const many = {
      config: { least: 'operator' },
      bodyLimit: BODY_BYTES_MAX,
      schema: {
        summary: 'Do something about alarms, one or many: acknowledge, shelve, reset …',
        description:
          'Each is answered by itself, in the order of the request: taken by the broker, or why not. That it was done shows in the alarm itself. Some operations need a higher role.',
        ...{ body: operations, response: { 200: operationResults } },
      },
    } as const;
    app.post('/alarms/operations', many, async ({ session, body }): Promise<OperationResults> => {
      if (session === null) throw new ProblemError(401, 'Log in first.');
      if (!mayOperate(session.role, body.op)) throw notAllowed(session, body.op);
      return { results: await operate(parts, body, session) };
    });
  };
}

function notAllowed({ user, role }: Session, op: AlarmOperationName): ProblemError {
  const [least] = OPERATION_ROLES[op];
  return new ProblemError(403, `${user} is logged in as ${role}; '${op}' needs the role ${least}.`);
}
