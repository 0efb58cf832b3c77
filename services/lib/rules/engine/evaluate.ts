// The state machine of an alarm (ISA-18.2): condition, on-delay, off-delay, latch, acknowledgement. Delays count evidence:
// time for which a condition was known to hold. UNKNOWN adds nothing and resets nothing, so a dead sensor neither raises
// nor clears an alarm.

import type { JournalEvent } from '#domain/journal.ts';
import { truthOf } from '../language/operand.ts';
import type { Instance } from './instance.ts';
import type { InstanceState } from './state.ts';

/** Told of every transition, in order, with the state already moved. */
export type OnTransition = (event: JournalEvent) => void;

/** Brings an instance to a moment, given what its inputs are then. */
export function evaluate(instance: Instance, at: number, onTransition: OnTransition): void {
  const { rule, state } = instance;
  if (state.truth === 'true' && at > state.evaluatedAt) state.evidenceMs += at - state.evaluatedAt;
  state.evaluatedAt = Math.max(at, state.evaluatedAt);
  const frame = instance.lookAt(at);
  if (!state.active) {
    state.truth = truthOf(rule.condition.evaluate(frame));
    if (state.truth === 'false') {
      state.pending = false;
      state.evidenceMs = 0;
    } else if (state.truth === 'true') {
      if (state.evidenceMs < rule.onDelayMs) state.pending = true;
      else activate(state, at, onTransition);
    }
    if (!state.active) return;
    // From here on the clear condition gathers the evidence.
    state.truth = truthOf(rule.clearCondition.evaluate(frame));
    return;
  }
  state.truth = truthOf(rule.clearCondition.evaluate(frame));
  if (state.truth === 'false') state.evidenceMs = 0;
  else if (state.truth === 'true' && state.evidenceMs >= rule.offDelayMs) {
    clear(instance, at, onTransition);
    state.truth = truthOf(rule.condition.evaluate(frame));
  }
}

/**
 * When the delay that is running will have run; Infinity where none is. A moment is judged once: where condition and clear
 * condition hold together, the alarm changes with the next sample and does not spin.
 */
export function delayEndsAt({ rule, state }: Instance): number {
  const remainingMs = (state.active ? rule.offDelayMs : rule.onDelayMs) - state.evidenceMs;
  return state.truth === 'true' && remainingMs > 0 ? state.evaluatedAt + remainingMs : Number.POSITIVE_INFINITY;
}

function activate(state: InstanceState, at: number, onTransition: OnTransition): void {
  state.active = true;
  state.unacked = true;
  state.latched = false;
  state.pending = false;
  state.evidenceMs = 0;
  state.episode++;
  state.activeSince = at;
  state.clearedAt = null;
  state.ackedBy = null;
  state.ackComment = null;
  state.changedAt = at;
  onTransition('ACTIVE');
}

function clear({ rule, state }: Instance, at: number, onTransition: OnTransition): void {
  state.active = false;
  state.evidenceMs = 0;
  state.clearedAt = at;
  state.changedAt = at;
  state.latched = rule.latching;
  if (!rule.ackRequired) state.unacked = false;
  onTransition('RETURNED');
}

/** Acknowledges the named episode; otherwise says why not. */
export function acknowledge(
  { state }: Instance,
  by: string,
  { at, comment, episode }: { at: number; comment: string | undefined; episode: number },
): string | undefined {
  if (episode !== state.episode) return `episode ${episode} is over; the alarm is in episode ${state.episode}`;
  if (!state.unacked) return 'there is nothing to acknowledge';
  state.unacked = false;
  state.ackedBy = by;
  state.ackComment = comment ?? null;
  state.changedAt = at;
  return undefined;
}

/** Resets a latch, once it is acknowledged and the clear condition holds; otherwise says why not. */
export function reset(instance: Instance, { at, episode }: { at: number; episode: number }): string | undefined {
  const { rule, state } = instance;
  if (episode !== state.episode) return `episode ${episode} is over; the alarm is in episode ${state.episode}`;
  if (!state.latched) return 'there is no latch to reset';
  if (state.unacked) return 'the alarm must be acknowledged before it is reset';
  if (rule.clearCondition.evaluate(instance.lookAt(at)) !== true) return 'the clear condition does not hold right now';
  state.latched = false;
  state.changedAt = at;
  return undefined;
}
