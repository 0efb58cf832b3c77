// The alarms, and what an operator does to them. The rules service decides and answers on the alarm's topic; here an
// operation is only checked for what would certainly be refused, and handed to the broker.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mayOperate, OPERATION_ROLES } from '#domain/access/operation-rights.ts';
import { ALARM_OPERATIONS, type AlarmOperation, type AlarmOperationName } from '#domain/alarm.ts';
import { whyNot } from '#domain/alarm-operations.ts';
import { topics } from '#domain/topic.ts';
import { nameText } from '#runtime/name-schema.ts';
import { signOperation } from '#runtime/signed-operation.ts';
import type { AlarmView } from '../../api/live.ts';
import type { AppParts } from '../app.ts';
import { ProblemError } from '../problem.ts';
import { publishConfirmed } from '../publish-confirmed.ts';
import type { Session } from '../session.ts';

const alarmName = z.object({ site: nameText, area: nameText, rule: nameText, instance: nameText });

const operation = z
  .strictObject({
    op: z.enum(ALARM_OPERATIONS, { error: `must be one of ${ALARM_OPERATIONS.join(', ')}` }),
    /** 0: the alarm has never come; it can be out of service all the same. */
    episode: z.int().min(0),
    comment: z.string().trim().max(2_000).optional(),
    /** End of a shelving, ms since the epoch; as long as the rule allows where it is left out. */
    until: z.int().optional(),
  })
  .refine(({ op, until }) => until === undefined || op === 'shelve', {
    error: "belongs to 'shelve' alone",
    path: ['until'],
  });
type OperationBody = z.infer<typeof operation>;

export function alarmRoutes(parts: AppParts): FastifyPluginAsyncZod {
  const { plant } = parts;
  return async (app) => {
    app.get('/alarms', { config: { least: 'viewer' } }, () => ({ alarms: plant.snapshot().alarms }));
    app.post(
      '/alarms/:site/:area/:rule/:instance/operations',
      { config: { least: 'operator' }, schema: { params: alarmName, body: operation } },
      async (request, reply) => {
        const { session, body } = request;
        if (session === null) throw new ProblemError(401, 'Log in first.');
        const { role, user } = session;
        if (!mayOperate(role, body.op)) throw notAllowed(session, body.op);
        const sentAt = parts.now();
        const problem = refusal(plant.alarm(request.params), body, sentAt);
        if (problem !== undefined) throw problem;
        const sent = toOperation(body, user);
        const topic = topics.alarmOperation(request.params);
        const signer = { role, key: parts.operationsKey, sentAt };
        const payload = signOperation(topic, sent, signer);
        await publishConfirmed(parts, { topic, payload, watch: "the alarm's state" });
        return reply.code(202).send(sent); // without the signature, which is none of a browser's business
      },
    );
  };
}

function notAllowed({ user, role }: Session, op: AlarmOperationName): ProblemError {
  const [least] = OPERATION_ROLES[op];
  return new ProblemError(403, `${user} is logged in as ${role}; '${op}' needs the role ${least}.`);
}

function toOperation({ op, episode, comment, until }: OperationBody, by: string): AlarmOperation {
  return {
    ...{ op, episode, by },
    ...(comment === undefined || comment === '' ? {} : { comment }),
    ...(until === undefined ? {} : { until }),
  };
}

function refusal(
  alarm: AlarmView | undefined,
  { op, episode, until }: OperationBody,
  now: number,
): ProblemError | undefined {
  if (alarm === undefined) return new ProblemError(404, 'There is no such alarm.');
  if (alarm.episode !== episode) {
    return new ProblemError(
      409,
      `The alarm has come again: this is episode ${alarm.episode}, not ${episode}. Look again.`,
    );
  }
  if (until !== undefined && until <= now) {
    return new ProblemError(400, 'The shelving would be over before it begins; name an end that lies ahead.');
  }
  const why = whyNot(op, alarm);
  return why === undefined ? undefined : new ProblemError(409, `The alarm ${why}.`);
}
