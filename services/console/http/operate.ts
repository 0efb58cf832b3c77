// One operation on its way to many alarms: each is checked by itself, signed for its own topic, and confirmed by the broker by itself.

import type { AlarmOperation } from '#domain/alarm.ts';
import { whyNot } from '#domain/alarm-operations.ts';
import { type AlarmName, topics } from '#domain/topic.ts';
import { signOperation } from '#runtime/signed-operation.ts';
import type { OperationRequest, OperationResult, OperationTarget } from '../api/alarms.ts';
import type { AlarmView } from '../api/live.ts';
import type { AppParts } from './app.ts';
import { ProblemError } from './problem.ts';
import type { Session } from './session.ts';

/** Longer than a broker needs that works; an operator should know by then. */
const CONFIRM_MS_MAX = 5_000;

/** A refusal as the body of the answer has it. */
type Refusal = { readonly status: number; readonly detail: string };

const UNCONFIRMED: Refusal = {
  status: 504,
  detail: `The broker has not confirmed within ${CONFIRM_MS_MAX / 1000} s. It may still be done; watch the alarm's state.`,
};

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
  const sent = checked.filter(({ refusal }) => refusal === undefined);
  const confirmed = sent.length === 0 ? new Set<string>() : await publishAll(parts, sent);
  return checked.map(({ id, refusal, topic }) => {
    const problem = refusal ?? (confirmed.has(topic) ? undefined : UNCONFIRMED);
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

/** Topics that the broker has confirmed in time: until it has, an operator must not be told that anything was done. */
async function publishAll({ bus, wait }: AppParts, messages: readonly Message[]): Promise<ReadonlySet<string>> {
  const problem = bus.problem();
  if (problem !== undefined) {
    throw new ProblemError(
      503,
      `Nothing was sent: the broker cannot be reached (${problem}). Try again when it is back.`,
    );
  }
  const confirmed = new Set<string>();
  const waiting = new AbortController();
  const late = wait(CONFIRM_MS_MAX, waiting.signal).catch(() => {}); // not awaited any more
  const all = messages.map(async ({ topic, payload }) => {
    await bus.publish(topic, payload());
    confirmed.add(topic);
  });
  await Promise.race([Promise.all(all), late]);
  waiting.abort();
  return new Set(confirmed); // as it stands now; what is confirmed later is not told any more
}
