// One operation on its way: sent to the console, taken by the broker, answered by the rules service as a new state. Pure: what
// became of it is read off the alarm; no reply comes back, and a refusal stands in the journal alone.

import type { AlarmOperationName } from '#domain/alarm.ts';
import { waitingCommands, whyNot } from '#domain/alarm-operations.ts';
import type { JournalRow } from '../../api/history.ts';
import type { AlarmView } from '../../api/live.ts';

/** The rules service answers within a second; past this an operator should be told that it does not. */
const ANSWER_MS_MAX = 5_000;
/** Past this the sentence has been read, or nobody was there to read it. */
const TOLD_MS_MAX = 60_000;

/** `before` is the alarm as it stood when somebody pressed the button. */
export type Sending =
  | { readonly is: 'idle' }
  | { readonly is: 'sending'; readonly op: AlarmOperationName; readonly before: AlarmView }
  | { readonly is: 'sent'; readonly op: AlarmOperationName; readonly before: AlarmView; readonly at: number }
  | { readonly is: 'failed'; readonly op: AlarmOperationName; readonly before: AlarmView; readonly why: string };

/** `unanswered`: taken by the broker, and not done since. */
export type Progress = Sending['is'] | 'unanswered';

export function progressOf(sending: Sending, alarm: AlarmView, now: number): Progress {
  if (sending.is === 'idle') return 'idle';
  if (sending.is === 'failed') return isSame(sending.before, alarm) ? 'failed' : 'idle';
  if (isDone(sending, alarm)) return 'idle';
  if (sending.is === 'sending' || now - sending.at <= ANSWER_MS_MAX) return sending.is;
  return now - sending.at <= TOLD_MS_MAX ? 'unanswered' : 'idle';
}

function isSame(before: AlarmView, alarm: AlarmView): boolean {
  return alarm.alarmId === before.alarmId && alarm.seq === before.seq;
}

function isDone({ op, before }: Exclude<Sending, { is: 'idle' }>, alarm: AlarmView): boolean {
  if (alarm.alarmId !== before.alarmId) return true; // a new episode asks anew
  if (op === 'shelve') return alarm.shelvedUntil !== before.shelvedUntil;
  if (op !== 'approve') return whyNot(op, alarm) !== undefined;
  const asked = new Set(waitingCommands(before).map(({ cid }) => cid));
  return !waitingCommands(alarm).some(({ cid }) => asked.has(cid));
}

/** Why an operation was refused that was sent after the alarm's message of that number; null where the journal does not say. */
export function refusalIn(
  entries: readonly JournalRow[],
  { alarmId, sinceSeq }: { readonly alarmId: string; readonly sinceSeq: number },
): string | null {
  const refusals = entries.filter(
    (each) => each.event === 'REFUSED' && each.alarmId === alarmId && each.seq > sinceSeq,
  );
  return refusals.sort((a, b) => b.seq - a.seq)[0]?.comment ?? null;
}
