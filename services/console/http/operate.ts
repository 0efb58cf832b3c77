// One operation on its way to many alarms: each is checked by itself, signed for its own topic, and confirmed by the broker by itself.

import type { AlarmOperation } from '#domain/alarm.ts';
import { whyNot } from '#domain/alarm-operations.ts';
import { type AlarmName, topics } from '#domain/topic.ts';
import { signOperation } from '#runtime/signed-operation.ts';
import type { OperationRequest, OperationResult, OperationTarget } from '../api/alarms.ts';
import type { AlarmView } from '../api/live.ts';
import type { AppParts } from './app.ts';
import { ProblemError } from './problem.ts';
import { publishConfirmed } from './publish-confirmed.ts';
import type { Session } from './session.ts';

/** A refusal as the body of the answer has it. */
type Refusal = { readonly status: number; readonly detail: string };

type Sender = Pick<Session, 'user' | 'role'>;

/**
 * @returns an answer for each alarm, in the order of the request
 * @throws ProblemError 503 where the broker is out of reach, and nothing was sent
 */
export async function operate(
  parts: AppParts,
  request: OperationRequest,
  { user, role }: Sender,
): Promise<OperationResult[]> {
  const sentAt = parts.now();
  const signer = { role, key: parts.operationsKey, sentAt };
  const checked = request.alarms.map((target) => {
    const topic = topics.alarmOperation(nameOf(target.id));
    const refusal = refusalOf(parts.plant.alarm(nameOf(target.id)), request, { target, now: sentAt });
    return {
      id: target.id,
      refusal,
      topic,
      payload: () => signOperation(topic, messageOf(request, target, user), signer),
    };
  });
  const late = await publishAll(
    parts,
    checked.filter(({ refusal }) => refusal === undefined),
  );
  return checked.map(({ id, refusal, topic }) => {
    const problem = refusal ?? late.get(topic);
    return problem === undefined ? { id, ok: true } : { id, ok: false, ...problem };
  });
}

function nameOf(id: string): AlarmName {
  const [site = '', area = '', rule = '', instance = ''] = id.split('/');
  return { site, area, rule, instance };
}

function messageOf({ op, comment }: OperationRequest, { episode, until }: OperationTarget, by: string): AlarmOperation {
  return {
    ...{ op, episode, by },
    ...(comment === undefined || comment === '' ? {} : { comment }),
    ...(until === undefined ? {} : { until }),
  };
}

type Asked = { readonly target: OperationTarget; readonly now: number };

function refusalOf(
  alarm: AlarmView | undefined,
  { op }: OperationRequest,
  { target: { episode, until }, now }: Asked,
): Refusal | undefined {
  if (alarm === undefined) return { status: 404, detail: 'There is no such alarm.' };
  if (alarm.episode !== episode) {
    return {
      status: 409,
      detail: `The alarm has come again: this is episode ${alarm.episode}, not ${episode}. Look again.`,
    };
  }
  if (until !== undefined && until <= now) {
    return { status: 400, detail: 'The shelving would be over before it begins; name an end that lies ahead.' };
  }
  const why = whyNot(op, alarm);
  return why === undefined ? undefined : { status: 409, detail: `The alarm ${why}.` };
}

type Message = { readonly topic: string; readonly payload: () => string };

/** Those that the broker has not confirmed in time, by topic. */
async function publishAll(parts: AppParts, messages: readonly Message[]): Promise<ReadonlyMap<string, Refusal>> {
  const late = new Map<string, Refusal>();
  await Promise.all(
    messages.map(async ({ topic, payload }) => {
      try {
        await publishConfirmed(parts, { topic, payload: payload(), watch: "the alarm's state" });
      } catch (error) {
        if (!(error instanceof ProblemError) || error.statusCode !== 504) throw error;
        late.set(topic, { status: 504, detail: error.message });
      }
    }),
  );
  return late;
}
