// Why an alarm is as it is at a moment, or why there is none: every input, every operand and every delay, as plain data. It
// looks at an instance that the engine has brought to that moment and changes nothing; how it is shown is another's.

import { type AlarmOverlay, type AlarmState, alarmOverlay, alarmState, type Priority } from '#domain/alarm.ts';
import type { Instance } from '../engine/instance.ts';
import { isPending } from '../engine/state.ts';
import { showTimers } from '../engine/timers.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { Expression, Frame, Path } from '../language/expression.ts';
import { isUnknown, type Operand } from '../language/operand.ts';
import { type ExplainedInput, explainInputs } from './explain-inputs.ts';
import { sentenceOf } from './sentence.ts';

/** Evidence so far, of what is needed. */
export type Evidence = { readonly haveMs: number; readonly neededMs: number };

export type ExplainedOperand = {
  readonly operator: string;
  readonly path: Path;
  /** In words of the plant, with its values. */
  readonly text: string;
  /** null where it is unknown. */
  readonly value: number | boolean | string | null;
  /** Why it is unknown; null where it is not. */
  readonly reason: string | null;
  /** The input whose value or age it is; null where it is none's. */
  readonly input: string | null;
  /** The plant state that it is; null where it is none. */
  readonly plantState: string | null;
  /** Of a `for`. */
  readonly evidence: Evidence | null;
  readonly operands: readonly ExplainedOperand[];
};

export type ExplainedLevel = {
  readonly priority: Priority;
  /** Whether this limit holds the alarm. */
  readonly isOn: boolean;
  readonly condition: ExplainedOperand;
  readonly clearCondition: ExplainedOperand;
  /** Of its on-delay while it is off, of its off-delay while it is on. */
  readonly evidence: Evidence;
};

export type Explanation = {
  /** `rule/site/area/instance`. */
  readonly alarm: string;
  readonly name: string;
  readonly at: number;
  readonly state: AlarmState;
  readonly overlay: AlarmOverlay | null;
  readonly isShadow: boolean;
  readonly priority: Priority;
  readonly activeSince: number | null;
  readonly sentence: string;
  readonly inputs: readonly ExplainedInput[];
  readonly params: { readonly [name: string]: number | boolean | string | null };
  /** null where inputs need not lie close together. */
  readonly alignment: { readonly withinMs: number; readonly isAligned: boolean } | null;
  /** Most urgent first. */
  readonly levels: readonly ExplainedLevel[];
  readonly enableWhen: ExplainedOperand | null;
  readonly suppressWhen: ExplainedOperand | null;
  readonly inhibitedBy: readonly { readonly rule: string; readonly isActive: boolean }[];
  /** Why another alarm raised this one; null where none does. */
  readonly raisedBecause: string | null;
};

/** `at` is the moment to which the engine has run. */
export function explain(instance: Instance, at: number): Explanation {
  const { rule, state } = instance;
  const frame = instance.lookAt(at);
  showTimers(instance);
  const isAligned = instance.isAligned();
  const look: Look = { instance, frame, at };
  const found = {
    ...{ alarm: instance.key, name: rule.name, at, isShadow: rule.isShadow },
    state: alarmState({ ...state, pending: isPending(state) }),
    overlay: alarmOverlay(state),
    priority: rule.levels[state.active ? (state.story?.level ?? 0) : 0]?.priority ?? 'low',
    activeSince: state.active ? (state.story?.activeSince ?? null) : null,
    inputs: explainInputs(instance, frame),
    params: Object.fromEntries(rule.params.map(({ name }, i) => [name, plain(frame.params[i])])),
    alignment: rule.alignWithinMs === undefined ? null : { withinMs: rule.alignWithinMs, isAligned },
    levels: rule.levels.map((_, i) => levelOf(i, look)).reverse(),
    enableWhen: rule.enableWhen === undefined ? null : operandOf(rule.enableWhen, look),
    suppressWhen: rule.suppressWhen === undefined ? null : operandOf(rule.suppressWhen, look),
    inhibitedBy: rule.inhibitedBy.map(({ rule: other }) => ({ rule: other, isActive: frame.alarm(other) })),
    raisedBecause: state.raisedBecause,
  };
  return { ...found, sentence: sentenceOf(found) };
}

type Look = { readonly instance: Instance; readonly frame: Frame; readonly at: number };

function levelOf(index: number, look: Look): ExplainedLevel {
  const { rule, state } = look.instance;
  const level = rule.levels[index] as CompiledRule['levels'][number];
  const { on = false, evidenceMs = 0, truth = 'unknown' } = state.levels[index] ?? {};
  return {
    priority: level.priority,
    isOn: on,
    condition: operandOf(level.condition, look),
    clearCondition: operandOf(level.clearCondition, look),
    evidence: {
      haveMs: evidenceMs + (truth === 'true' ? sinceLastLook(look) : 0),
      neededMs: on ? rule.offDelayMs : level.onDelayMs,
    },
  };
}

/** Time that the engine has not yet counted, because nothing happened in it. */
function sinceLastLook({ instance, at }: Look): number {
  return Math.max(0, at - instance.state.evaluatedAt);
}

function operandOf(expression: Expression, look: Look): ExplainedOperand {
  const value = expression.evaluate(look.frame);
  return {
    operator: expression.name,
    path: expression.path,
    text: expression.describe(look.frame),
    value: plain(value),
    reason: isUnknown(value) ? value.unknown : null,
    input: look.instance.rule.inputs[expression.inputOf ?? expression.ageOf ?? -1]?.name ?? null,
    plantState: expression.stateOf ?? null,
    evidence: expression.name === 'for' ? timerOf(expression, look) : null,
    operands: expression.parts.map((part) => operandOf(part, look)),
  };
}

function timerOf({ parts }: Expression, look: Look): Evidence | null {
  const { rule, state } = look.instance;
  const index = rule.timers.findIndex(({ operand }) => operand === parts[0]);
  const [spec, timer] = [rule.timers[index], state.timers[index]];
  if (spec === undefined || timer === undefined) return null;
  const haveMs = timer.evidenceMs + (timer.truth === 'true' ? sinceLastLook(look) : 0);
  return { haveMs, neededMs: spec.ms };
}

function plain(value: Operand | undefined): number | boolean | string | null {
  return value === undefined || isUnknown(value) ? null : value;
}
