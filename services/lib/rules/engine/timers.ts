// The evidence of every `for` of a rule. It is kept with the instance and brought up to date before any condition is
// evaluated, inner ones first, so that a condition which short-circuits past a `for` does not stop its clock.

import type { Frame } from '../language/expression.ts';
import { type Operand, truthOf, UNKNOWN } from '../language/operand.ts';
import type { Instance } from './instance.ts';

/** Where a `for` stands whose inputs must lie close together. */
const OF_INPUTS: ReadonlySet<string | number | undefined> = new Set(['condition', 'clearCondition', 'levels']);

/** Fills the frame with what each `for` is worth. True after its time; UNKNOWN pauses; false begins anew. */
export function readTimers(instance: Instance, frame: Frame): void {
  const { rule, state, loaded } = instance;
  const isAligned = rule.alignWithinMs === undefined || instance.isAligned();
  for (let i = 0; i < rule.timers.length; i++) {
    const [spec, timer] = [rule.timers[i], state.timers[i]];
    if (spec === undefined || timer === undefined) continue;
    // Of inputs that cannot be compared nothing is known, and a `for` of them waits.
    const isJudged = isAligned || !OF_INPUTS.has(spec.operand.path[0]);
    const operand = isJudged ? spec.operand.evaluate(frame) : UNKNOWN.NEVER;
    timer.truth = truthOf(operand);
    if (timer.truth === 'false') timer.evidenceMs = 0;
    const isDue = timer.evidenceMs >= spec.ms;
    const worth: Operand = timer.truth === 'unknown' ? unknownOf(operand) : timer.truth === 'true' && isDue;
    loaded.frame.timers[i] = worth;
    loaded.frame.timersEndAt[i] =
      timer.truth === 'true' && !isDue ? frame.at + spec.ms - timer.evidenceMs : Number.POSITIVE_INFINITY;
  }
}

/** Fills the frame from the evidence as it stands, without moving it: for whoever only looks. */
export function showTimers({ rule, state, loaded: { frame } }: Instance): void {
  for (let i = 0; i < rule.timers.length; i++) {
    const [spec, timer] = [rule.timers[i], state.timers[i]];
    if (spec === undefined || timer === undefined) continue;
    const isDue = timer.evidenceMs >= spec.ms;
    frame.timers[i] = timer.truth === 'unknown' ? UNKNOWN.NEVER : timer.truth === 'true' && isDue;
    frame.timersEndAt[i] =
      timer.truth === 'true' && !isDue ? state.evaluatedAt + spec.ms - timer.evidenceMs : Number.POSITIVE_INFINITY;
  }
}

function unknownOf(operand: Operand): Operand {
  return typeof operand === 'object' ? operand : UNKNOWN.TYPE;
}

/** When the next `for` that gathers evidence will have enough; Infinity where none gathers any. */
export function timersEndAt({ rule, state }: Instance): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rule.timers.length; i++) {
    const [spec, timer] = [rule.timers[i], state.timers[i]];
    if (spec === undefined || timer === undefined || timer.truth !== 'true') continue;
    const remainingMs = spec.ms - timer.evidenceMs;
    if (remainingMs > 0) earliest = Math.min(earliest, state.evaluatedAt + remainingMs);
  }
  return earliest;
}
