// What one alarm's buttons share: one operation is under way at a time, and all of them show it.

import { useSignal } from '@preact/signals';
import type { AlarmOperationName } from '#domain/alarm.ts';
import type { AlarmView } from '../../api/live.ts';
import { call } from '../state/api.ts';
import { currentTime, now } from '../state/clock.ts';
import { type Progress, progressOf, type Sending } from './sending.ts';

export type Operation = {
  readonly is: Progress;
  /** The one that `is` speaks of. */
  readonly op: AlarmOperationName | null;
  readonly why: string | null;
  /** What the alarm's sequence number was when it was sent. */
  readonly sinceSeq: number;
  readonly isUnderWay: boolean;
  send(op: AlarmOperationName, detail?: { readonly comment?: string; readonly until?: number | undefined }): void;
};

export function useOperation(alarm: AlarmView): Operation {
  const sending = useSignal<Sending>({ is: 'idle' });
  const is = progressOf(sending.value, alarm, now.value);
  return {
    is,
    op: sending.value.is === 'idle' ? null : sending.value.op,
    why: is === 'failed' && sending.value.is === 'failed' ? sending.value.why : null,
    sinceSeq: sending.value.is === 'idle' ? alarm.seq : sending.value.before.seq,
    isUnderWay: is === 'sending' || is === 'sent',
    async send(op, detail = {}) {
      sending.value = { is: 'sending', op, before: alarm };
      const { episode } = alarm;
      const answer = await call('POST', `api/alarms/${alarm.id}/operations`, { op, episode, ...detail });
      sending.value = answer.ok
        ? { is: 'sent', op, before: alarm, at: currentTime() }
        : { is: 'failed', op, before: alarm, why: answer.why };
    },
  };
}
