// The alarms, and what an operator does to them. The rules service decides and answers on the alarm's topic; here an
// operation is only checked for what would certainly be refused, and handed to the broker.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type AlarmOperation, isUnacknowledged } from '#domain/alarm.ts';
import { topics } from '#domain/topic.ts';
import { nameText } from '#runtime/name-schema.ts';
import type { AlarmView } from '../../api.ts';
import type { AppParts } from '../app.ts';
import { ProblemError } from '../problem.ts';

/** Longer than a broker needs that works; an operator should know by then. */
const CONFIRM_MS_MAX = 5_000;

const alarmName = z.object({ site: nameText, area: nameText, rule: nameText, instance: nameText });

const operation = z.strictObject({
  op: z.literal('ack', { error: "must be 'ack'" }),
  episode: z.int().min(1),
  comment: z.string().trim().max(2_000).optional(),
});

export function alarmRoutes(parts: AppParts): FastifyPluginAsyncZod {
  const { plant } = parts;
  return async (app) => {
    app.get('/alarms', () => ({ alarms: plant.snapshot().alarms }));
    app.post(
      '/alarms/:site/:area/:rule/:instance/operations',
      { schema: { params: alarmName, body: operation } },
      async (request, reply) => {
        const { op, episode, comment } = request.body;
        const problem = refusal(plant.alarm(request.params), episode);
        if (problem !== undefined) throw problem;
        const sent: AlarmOperation = {
          op,
          episode,
          by: request.session?.user ?? '',
          ...(comment === undefined || comment === '' ? {} : { comment }),
        };
        await publishConfirmed(parts, topics.alarmOperation(request.params), JSON.stringify(sent));
        return reply.code(202).send(sent);
      },
    );
  };
}

function refusal(alarm: AlarmView | undefined, episode: number): ProblemError | undefined {
  if (alarm === undefined) return new ProblemError(404, 'There is no such alarm.');
  if (alarm.episode !== episode) {
    return new ProblemError(
      409,
      `The alarm has come again: this is episode ${alarm.episode}, not ${episode}. Look again.`,
    );
  }
  if (isUnacknowledged(alarm.state)) return undefined;
  const by = alarm.ackedBy === null ? '' : ` (by ${alarm.ackedBy})`;
  return new ProblemError(409, `The alarm waits for no acknowledgement: it is ${alarm.state}${by}.`);
}

/** Until the broker has taken it, an operator must not be told that anything was done. */
async function publishConfirmed({ bus, wait }: AppParts, topic: string, payload: string): Promise<void> {
  const problem = bus.problem();
  if (problem !== undefined) {
    throw new ProblemError(
      503,
      `Nothing was sent: the broker cannot be reached (${problem}). Try again when it is back.`,
    );
  }
  const waiting = new AbortController();
  const late = wait(CONFIRM_MS_MAX, waiting.signal).then(
    () => 'late' as const,
    () => 'not awaited any more' as const,
  );
  const outcome = await Promise.race([bus.publish(topic, payload), late]);
  waiting.abort();
  if (outcome === 'late') {
    throw new ProblemError(
      504,
      `The broker has not confirmed within ${CONFIRM_MS_MAX / 1000} s. It may still be done; watch the alarm's state.`,
    );
  }
}
