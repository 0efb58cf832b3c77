// What people do to an alarm: acknowledge, shelve, reset, take out of service, approve a command. Each is done, refused with
// a sentence, or found to be done already: a message may come twice.

import { mayOperate, OPERATION_ROLES } from '#domain/access/operation-rights.ts';
import { type AlarmOperation, type AlarmOperationName, alarmOverlay, type Role } from '#domain/alarm.ts';
import { formatDuration } from '#domain/duration.ts';
import type { JournalEvent } from '#domain/journal.ts';
import type { Instance } from './instance.ts';

export type Outcome =
  | { readonly kind: 'done'; readonly event: JournalEvent }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'repeated' };

export type Asked = {
  readonly operation: AlarmOperation;
  readonly role: Role;
  readonly isSigned: boolean;
  readonly at: number;
};

const done = (event: JournalEvent): Outcome => ({ kind: 'done', event });
const refused = (why: string): Outcome => ({ kind: 'refused', why });
const REPEATED: Outcome = { kind: 'repeated' };

/** Does an operation, `approve` excepted: that is the command's own affair (commands.ts). */
export function operate(instance: Instance, asked: Asked): Outcome {
  const refusal = refusalOf(instance, asked);
  if (refusal !== undefined) return refused(refusal);
  return DOERS[asked.operation.op](instance, asked);
}

export function refusalOf({ state }: Instance, { operation, role, isSigned }: Asked): string | undefined {
  const { op, episode } = operation;
  if (!mayOperate(role, op)) return `the role '${role}' may not do this; it needs ${OPERATION_ROLES[op][0]}`;
  if (op === 'approve' && !isSigned) return 'an approval must be signed by the console, and this one is not';
  if (episode !== state.episode) return `episode ${episode} is over; the alarm is in episode ${state.episode}`;
  return undefined;
}

type Doer = (instance: Instance, asked: Asked) => Outcome;

const DOERS: { readonly [op in AlarmOperationName]: Doer } = {
  ack({ state }, { operation: { by, comment }, at }) {
    const { story } = state;
    if (!state.unacked || story === null) {
      const isSame = story !== null && story.ackedBy === by && story.ackComment === (comment ?? null);
      return isSame ? REPEATED : refused('there is nothing to acknowledge');
    }
    state.unacked = false;
    state.changedAt = at;
    story.ackedBy = by;
    story.ackComment = comment ?? null;
    return done('ACKED');
  },
  reset(instance, { at }) {
    const { state, rule } = instance;
    if (!state.latched) return refused('there is no latch to reset');
    if (instance.loaded.isolatedBecause !== undefined)
      return refused('its rule was stopped, so nobody knows whether the clear condition holds');
    if (state.unacked) return refused('the alarm must be acknowledged before it is reset');
    const frame = instance.lookAt(Math.max(at - instance.lagMs, state.evaluatedAt));
    if (!instance.isAligned() || !rule.levels.every(({ clearCondition }) => clearCondition.evaluate(frame) === true))
      return refused('the clear condition does not hold right now');
    state.latched = false;
    state.changedAt = at;
    return done('RESET');
  },
  shelve({ state, rule }, { operation: { until }, at }) {
    if (rule.shelvingMsMax === 0) return refused('this alarm may not be shelved');
    const end = until ?? at + rule.shelvingMsMax;
    if (end <= at) return refused('the shelving would be over before it begins');
    if (end > at + rule.shelvingMsMax)
      return refused(`this alarm may be shelved for at most ${formatDuration(rule.shelvingMsMax)}`);
    if (state.shelvedUntil === end) return REPEATED;
    state.shelvedUntil = end;
    state.changedAt = at;
    return done('SHELVED');
  },
  unshelve({ state }, { at }) {
    if (state.shelvedUntil === null) return refused('the alarm is not shelved');
    state.shelvedUntil = null;
    state.changedAt = at;
    return done('UNSHELVED');
  },
  oos({ state }, { at }) {
    if (state.outOfService) return REPEATED;
    state.outOfService = true;
    state.changedAt = at;
    return done('OUT_OF_SERVICE');
  },
  'in-service'({ state }, { at }) {
    if (!state.outOfService) return refused('the alarm is in service');
    state.outOfService = false;
    state.changedAt = at;
    return done('IN_SERVICE');
  },
  approve: () => done('APPROVED'),
};

/** Whether nothing sounds and nothing is done about the alarm just now. */
export function isOverlaid({ state }: Instance): boolean {
  return alarmOverlay(state) !== null;
}
