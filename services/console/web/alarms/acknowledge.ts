// One acknowledgement on its way: sent to the console, taken by the broker, answered by the rules service as a new state.

import { type Signal, useSignal } from '@preact/signals';
import type { AlarmView } from '../../api.ts';
import { call } from '../state/api.ts';
import { currentTime, now } from '../state/clock.ts';

/** The rules service answers within a second; past this an operator should be told that it does not. */
const ANSWER_MS_MAX = 5_000;

type Sending =
  | { readonly is: 'idle' }
  | { readonly is: 'sending'; readonly seq: number }
  | { readonly is: 'sent'; readonly seq: number; readonly at: number }
  | { readonly is: 'failed'; readonly seq: number; readonly why: string };

export type Acknowledgement = {
  /** `unanswered`: taken by the broker, and no new state since. */
  readonly is: Sending['is'] | 'unanswered';
  readonly why: string | null;
  send(comment: string): Promise<void>;
};

export function useAcknowledgement(alarm: AlarmView): Acknowledgement {
  const sending = useSignal<Sending>({ is: 'idle' });
  const state = currentOf(sending, alarm);
  const isUnanswered = state.is === 'sent' && now.value - state.at > ANSWER_MS_MAX;
  return {
    is: isUnanswered ? 'unanswered' : state.is,
    why: state.is === 'failed' ? state.why : null,
    async send(comment) {
      const { seq, episode } = alarm;
      sending.value = { is: 'sending', seq };
      const answer = await call('POST', `api/alarms/${alarm.id}/operations`, { op: 'ack', episode, comment });
      sending.value = answer.ok ? { is: 'sent', seq, at: currentTime() } : { is: 'failed', seq, why: answer.why };
    },
  };
}

/** Whatever was sent is answered once the alarm has said anything new. */
function currentOf(sending: Signal<Sending>, alarm: AlarmView): Sending {
  const state = sending.value;
  return state.is === 'idle' || state.seq === alarm.seq ? state : { is: 'idle' };
}
