// The state machine of an alarm (ISA-18.2): limits with their delays, activation, return, acknowledgement, reset. Delays
// count evidence: time for which a condition was known to hold. UNKNOWN adds nothing and resets nothing, so a dead sensor
// neither raises nor clears an alarm.

import { alarmOverlay } from '#domain/alarm.ts';
import type { JournalEvent } from '#domain/journal.ts';
import type { Frame } from '../language/expression.ts';
import { type Truth, truthOf } from '../language/operand.ts';
import type { Instance } from './instance.ts';
import type { LoadedLevel } from './loaded-rule.ts';
import { limitOf, reasonOf, summaryOf } from './present.ts';
import type { LevelState, Story } from './state.ts';
import { timersEndAt } from './timers.ts';

/** Time goes on to `at`: what was known to hold since the last look has held so long. */
export function gatherEvidence({ state }: Instance, at: number): void {
  const passedMs = at - state.evaluatedAt;
  if (passedMs <= 0) return;
  for (const level of state.levels) if (level.truth === 'true') level.evidenceMs += passedMs;
  for (const timer of state.timers) if (timer.truth === 'true') timer.evidenceMs += passedMs;
  state.evaluatedAt = at;
}

/** Time goes on to `at` and nothing is known of it. */
export function passOver({ state }: Instance, at: number): void {
  for (const level of state.levels) level.truth = 'unknown';
  for (const timer of state.timers) timer.truth = 'unknown';
  state.evaluatedAt = Math.max(at, state.evaluatedAt);
}

/**
 * Judges an instance at a moment to which its time has been brought, in a frame that shows it. Gives what happened to the
 * alarm, with the state already moved; undefined where nothing did.
 */
export function judge(instance: Instance, frame: Frame): JournalEvent | undefined {
  const { rule, loaded, state } = instance;
  const isAligned = loaded.alignWithinMs === undefined || instance.isAligned();
  let highest = -1;
  for (let i = 0; i < state.levels.length; i++) {
    const level = loaded.levels[i] as LoadedLevel;
    const levelState = state.levels[i] as LevelState;
    stepLevel(level, levelState, isAligned ? frame : undefined);
    if (levelState.evidenceMs >= (levelState.on ? level.offDelayMs : level.onDelayMs) && levelState.truth === 'true')
      turn(level, levelState, isAligned ? frame : undefined);
    if (levelState.on) highest = i;
  }
  if (state.active && rule.clearsOnSilence?.evaluate(frame) === true) {
    for (const level of state.levels) Object.assign(level, { on: false, truth: 'unknown', evidenceMs: 0 });
    highest = -1;
  }
  if (!state.active) return highest >= 0 ? activate(instance, { frame, level: highest }) : undefined;
  if (highest < 0) return giveBack(instance);
  return highest === state.story?.level ? undefined : changeLevel(instance, { frame, level: highest });
}

/** What of the level counts now; without a frame its inputs cannot be compared, and nothing is known. */
function look(level: LoadedLevel, { on }: LevelState, frame: Frame | undefined): Truth {
  return frame === undefined ? 'unknown' : truthOf(on ? level.clears(frame) : level.holds(frame));
}

function stepLevel(level: LoadedLevel, state: LevelState, frame: Frame | undefined): void {
  state.truth = look(level, state, frame);
  if (state.truth === 'false') state.evidenceMs = 0;
}

/** From here on the other condition gathers the evidence. */
function turn(level: LoadedLevel, state: LevelState, frame: Frame | undefined): void {
  state.on = !state.on;
  state.evidenceMs = 0;
  state.truth = look(level, state, frame);
}

/**
 * When something that is running will have run: a delay, a `for`, a re-alarm; Infinity where nothing is. A moment is judged
 * once: where condition and clear condition hold together, the alarm changes with the next sample and does not spin.
 */
export function delayEndsAt(instance: Instance): number {
  const { loaded, state } = instance;
  let earliest = state.timers.length === 0 ? Number.POSITIVE_INFINITY : timersEndAt(instance);
  for (let i = 0; i < state.levels.length; i++) {
    const { on, truth, evidenceMs } = state.levels[i] as LevelState;
    if (truth !== 'true') continue;
    const { onDelayMs, offDelayMs } = loaded.levels[i] as LoadedLevel;
    const remainingMs = (on ? offDelayMs : onDelayMs) - evidenceMs;
    if (remainingMs > 0) earliest = Math.min(earliest, state.evaluatedAt + remainingMs);
  }
  return loaded.reAlarmMs === undefined ? earliest : Math.min(earliest, reAlarmAt(instance));
}

/** When the alarm is annunciated again because it is still active. */
function reAlarmAt({ rule, state }: Instance): number {
  const { story } = state;
  if (rule.reAlarmMs === undefined || story === null || !state.active || alarmOverlay(state) !== null)
    return Number.POSITIVE_INFINITY;
  return story.reAlarms < rule.reAlarmRepeats ? story.toldAt + rule.reAlarmMs : Number.POSITIVE_INFINITY;
}

/** Annunciates again what is still active after its time. */
export function reAlarm(instance: Instance): JournalEvent | undefined {
  const { state } = instance;
  if (state.evaluatedAt < reAlarmAt(instance) || state.story === null) return undefined;
  tell(instance);
  state.story.reAlarms++;
  return 'RE_ALARM';
}

/** The operator is called, again or for the first time. */
export function tell({ state }: Instance, at = state.evaluatedAt): void {
  if (state.story === null) return;
  state.unacked = true;
  state.changedAt = at;
  Object.assign(state.story, { isTold: true, toldAt: at, ackedBy: null, ackComment: null });
}

function activate(instance: Instance, raised: { frame: Frame; level: number }): JournalEvent {
  const { state } = instance;
  const at = state.evaluatedAt;
  Object.assign(state, { active: true, unacked: true, latched: false, episode: state.episode + 1, changedAt: at });
  state.story = {
    ...{ level: raised.level, activeSince: at, clearedAt: null, ackedBy: null, ackComment: null },
    ...textsOf(instance, raised),
    ...{ isFirstOut: isFirstOut(instance), isTold: alarmOverlay(state) === null, toldAt: at, reAlarms: 0 },
  };
  return 'ACTIVE';
}

/** Its texts as they are now. */
export function tellReason(instance: Instance): void {
  const { story, evaluatedAt, active } = instance.state;
  if (story === null || !active) return;
  Object.assign(story, textsOf(instance, { frame: instance.lookAt(evaluatedAt), level: story.level }));
}

function textsOf(instance: Instance, { frame, level }: { frame: Frame; level: number }) {
  const condition = instance.rule.levels[level]?.condition;
  return {
    summary: summaryOf(instance, frame),
    reason: condition === undefined ? '' : reasonOf(condition, frame),
    limit: condition === undefined ? null : limitOf(condition, frame),
  } satisfies Partial<Story>;
}

/** The first alarm of its group: no other one is active in the area. */
function isFirstOut({ rule, area, key }: Instance): boolean {
  const group = rule.firstOutGroup;
  if (group === undefined) return false;
  for (const other of area.instances) {
    if (other.rule.isShadow && !rule.isShadow) continue;
    if (other.rule.firstOutGroup === group && other.state.active && other.key !== key) return false;
  }
  return true;
}

/** Rising annunciates again, falling does not. */
function changeLevel(instance: Instance, to: { frame: Frame; level: number }): JournalEvent | undefined {
  const { state } = instance;
  const { story } = state;
  if (story === null) return undefined;
  const isRising = to.level > story.level;
  Object.assign(story, { level: to.level }, isRising ? textsOf(instance, to) : {});
  state.changedAt = state.evaluatedAt;
  if (isRising && alarmOverlay(state) === null) tell(instance);
  return 'LEVEL';
}

function giveBack({ rule, state }: Instance): JournalEvent {
  state.active = false;
  state.latched = rule.latching;
  state.changedAt = state.evaluatedAt;
  if (state.story !== null) state.story.clearedAt = state.evaluatedAt;
  // What nobody was told of, nobody needs to acknowledge.
  if (!rule.ackRequired || state.story?.isTold !== true) state.unacked = false;
  return 'RETURNED';
}
