// Operations on their way, by alarm: its row, its panel and the bar of what is ticked all show the same one. What became of it is
// read off the alarm (sending.ts).

import { signal } from '@preact/signals';
import type { AlarmOperationName } from '#domain/alarm.ts';
import {
  OPERATIONS_MAX,
  type OperationRequest,
  type OperationResult,
  type OperationResults,
} from '../../api/alarms.ts';
import type { AlarmView } from '../../api/live.ts';
import { call } from '../state/api.ts';
import { currentTime, now } from '../state/clock.ts';
import { alarms } from '../state/live.ts';
import { forgetWithPerson } from '../state/personal.ts';
import { type Progress, progressOf, type Sending } from './sending.ts';

const sendings = signal<ReadonlyMap<string, Sending>>(new Map());
forgetWithPerson(() => {
  sendings.value = new Map();
});

export type OperationDetail = {
  readonly comment?: string | undefined;
  /** For how long an alarm is shelved; as long as its rule allows where it is left out. */
  readonly shelveMs?: number | undefined;
};

export type Operation = {
  readonly is: Progress;
  /** The one that `is` speaks of. */
  readonly op: AlarmOperationName | null;
  readonly why: string | null;
  /** What the alarm's sequence number was when it was sent. */
  readonly sinceSeq: number;
  readonly isUnderWay: boolean;
};

export function operationOf(alarm: AlarmView): Operation {
  const sending = sendings.value.get(alarm.id) ?? { is: 'idle' };
  // The second matters to an operation that is on its way alone; no other row is to be drawn again for it.
  const is = sending.is === 'idle' ? 'idle' : progressOf(sending, alarm, now.value);
  return {
    is,
    op: sending.is === 'idle' ? null : sending.op,
    why: is === 'failed' && sending.is === 'failed' ? sending.why : null,
    sinceSeq: sending.is === 'idle' ? alarm.seq : sending.before.seq,
    isUnderWay: is === 'sending' || is === 'sent',
  };
}

export type Refused = { readonly alarm: AlarmView; readonly why: string };

/** One request for as many as it takes, one after the other. @returns those that were refused at once, and why */
export async function send(
  op: AlarmOperationName,
  targets: readonly AlarmView[],
  detail: OperationDetail = {},
): Promise<Refused[]> {
  const refused: Refused[] = [];
  put(targets.map((before) => [before.id, { is: 'sending', op, before }]));
  for (let i = 0; i < targets.length; i += OPERATIONS_MAX) {
    const part = targets.slice(i, i + OPERATIONS_MAX);
    const results = await post(requestOf(op, part, detail));
    put(
      part.map((before, k) => {
        const result = results[k];
        if (result?.ok !== false) return [before.id, { is: 'sent', op, before, at: currentTime() }];
        refused.push({ alarm: before, why: result.detail });
        return [before.id, { is: 'failed', op, before, why: result.detail }];
      }),
    );
  }
  return refused;
}

function requestOf(op: AlarmOperationName, targets: readonly AlarmView[], detail: OperationDetail): OperationRequest {
  const { comment, shelveMs } = detail;
  const untilOf = ({ shelvingMsMax }: AlarmView) =>
    // No end is the rule's longest, which the rules service reckons by its own clock.
    shelveMs === undefined || shelveMs >= shelvingMsMax ? {} : { until: currentTime() + shelveMs };
  return {
    op,
    ...(comment === undefined ? {} : { comment }),
    alarms: targets.map((alarm) => ({
      id: alarm.id,
      episode: alarm.episode,
      ...(op === 'shelve' ? untilOf(alarm) : {}),
    })),
  };
}

async function post(request: OperationRequest): Promise<readonly OperationResult[]> {
  const answer = await call<OperationResults>('POST', 'api/alarms/operations', request);
  if (answer.ok) return answer.body.results;
  const { status, why } = answer;
  return request.alarms.map(({ id }) => ({ id, ok: false, status, detail: why }));
}

/** Those of alarms that are gone are forgotten: their rows are, too. */
function put(changes: readonly (readonly [id: string, sending: Sending])[]): void {
  const kept = [...sendings.value].filter(([id]) => alarms.value.has(id));
  sendings.value = new Map([...kept, ...changes]);
}
