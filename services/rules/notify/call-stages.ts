// What a call goes through before it waits in its group. Each stage lets calls through or settles them, with the reason.

import type { Call, Outcome } from './call.ts';
import { isCall } from './notice-phase.ts';
import type { Surroundings } from './routing.ts';

export type StageContext = Surroundings & {
  readonly settle: (call: Call, outcome: Outcome, reason: string) => void;
};
export type CallStage = (call: Call, context: StageContext) => boolean;

/** Between the call and its end the address may have been taken out of the configuration. */
const isThere: CallStage = (call, { config, settle }) => {
  if (config.addresses.has(call.address)) return true;
  settle(call, 'nobody', `there is no ${call.address} any more`);
  return false;
};

/** Of each alarm only what is newer than what was told, or is about to be, is new. */
const isNew: CallStage = (call, { told, underWay, settle }) => {
  const { alarmId, seq } = call.notice;
  const known = Math.max(underWay.seqOf(call.address, alarmId), told.get(call.address, alarmId)?.notice.seq ?? -1);
  if (call.isRepeat || seq > known) return true;
  settle(call, 'duplicate', `${call.address} has it already`);
  return false;
};

/** The night shift may have been told an hour ago what the day shift was told in the morning. */
const isRepeatDue: CallStage = (call, { told, underWay, at, settle }) => {
  const { alarmId } = call.notice;
  const last = told.get(call.address, alarmId);
  const { repeatInterval } = call.terms;
  const isRecent = last !== undefined && repeatInterval !== 'never' && Math.abs(at - last.at) < repeatInterval;
  if (!call.isRepeat || (!isRecent && underWay.seqOf(call.address, alarmId) === -1)) return true;
  settle(call, 'unchanged', `${call.address} was told not long ago`);
  return false;
};

/** A rule that names its receiver also says what of; a route may want calls alone. */
const isWanted: CallStage = (call, { told, settle }) => {
  if (call.terms.followUps || isCall(call.notice)) return true;
  const last = told.get(call.address, call.notice.alarmId);
  if (last !== undefined) told.record({ ...last, notice: call.notice });
  settle(call, 'unwanted', `${call.address} wants no follow-ups`);
  return false;
};

const CALL_STAGES: readonly CallStage[] = [isThere, isNew, isRepeatDue, isWanted];

export function passesCallStages(call: Call, context: StageContext): boolean {
  return CALL_STAGES.every((stage) => stage(call, context));
}
