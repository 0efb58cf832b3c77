// A rule while it is loaded: its instances, and what of it is asked for at every sample. That part is kept together and in
// few steps from an instance: a plant has thousands of rules, and each step to a place that was not just used is a cache miss.

import { maxAgeOf } from '#runtime/plant-files.ts';
import type { CompiledInput, CompiledParam, CompiledRule } from '../language/compile-rule.ts';
import { type Expression, walk } from '../language/expression.ts';
import type { Operand } from '../language/operand.ts';
import type { Instance } from './instance.ts';
import type { SharedFrame } from './shared-frame.ts';

/** A limit as it is judged: its conditions as functions, without the rest of their expressions. */
export type LoadedLevel = {
  readonly holds: Expression['evaluate'];
  readonly clears: Expression['evaluate'];
  readonly onDelayMs: number;
  readonly offDelayMs: number;
};

export class LoadedRule {
  /** Why it is not evaluated any more; undefined while it is. */
  isolatedBecause: string | undefined;
  readonly frame: SharedFrame;
  readonly inputs: readonly CompiledInput[];
  readonly levels: readonly LoadedLevel[];
  /** Values of its params; those of `sourced` are the last instance's that was looked at. */
  readonly params: Operand[];
  /** From which age on each input is STALE where no model of its device says, ms. */
  readonly maxAgeMs: readonly number[];
  readonly alignWithinMs: number | undefined;
  readonly reAlarmMs: number | undefined;
  /** Whether a device may have params of its own; usually none has. */
  readonly hasSourced: boolean;
  /** Whether some of its expressions change with time alone; usually none do. */
  readonly hasMoving: boolean;
  /** Whether the frame must say when inputs were known last. */
  readonly needsKnownAt: boolean;
  readonly hasDesignSuppression: boolean;
  readonly rule: CompiledRule;
  readonly instances = new Set<Instance>();
  readonly sourced: readonly { readonly index: number; readonly param: CompiledParam }[];
  readonly moving: readonly Expression[];
  /** Whether backfilled samples can be judged: what was online or silent then is not known any more. */
  readonly judgesHistory: boolean;

  constructor(rule: CompiledRule, frame: SharedFrame) {
    this.isolatedBecause = undefined;
    this.frame = frame;
    this.inputs = rule.inputs;
    this.levels = rule.levels.map(({ condition, clearCondition, onDelayMs }) => ({
      holds: condition.evaluate,
      clears: clearCondition.evaluate,
      onDelayMs,
      offDelayMs: rule.offDelayMs,
    }));
    this.params = rule.params.map(({ value }) => value);
    this.maxAgeMs = rule.inputs.map(({ maxAgeMs }) => maxAgeMs ?? maxAgeOf(undefined));
    this.alignWithinMs = rule.alignWithinMs;
    this.reAlarmMs = rule.reAlarmMs;
    this.sourced = rule.params.flatMap((param, index) => (param.source === undefined ? [] : [{ index, param }]));
    this.hasSourced = this.sourced.length > 0;
    this.moving = expressionsOf(rule).filter((each) => movesByItself(each, rule));
    this.hasMoving = this.moving.length > 0;
    this.needsKnownAt = rule.clearsOnSilence !== undefined || rule.companionOf?.kind === 'no-data';
    this.hasDesignSuppression =
      rule.enableWhen !== undefined || rule.suppressWhen !== undefined || rule.inhibitedBy.length > 0;
    this.rule = rule;
    this.judgesHistory = rule.levels.every(({ condition }) => isOfValuesAlone(condition));
    frame.fit(rule);
  }
}

function expressionsOf(rule: CompiledRule): Expression[] {
  return [
    ...rule.levels.flatMap(({ condition, clearCondition }) => [condition, clearCondition]),
    ...[rule.enableWhen, rule.suppressWhen, rule.clearsOnSilence].filter((each) => each !== undefined),
    ...rule.actions.flatMap((action) => (action.type === 'command' ? (action.verify?.condition ?? []) : [])),
  ];
}

function movesByItself(expression: Expression, { inputs }: CompiledRule): boolean {
  for (const { ageOf, inputOf, name } of walk(expression)) {
    if (ageOf !== undefined || name === 'silence') return true;
    if (inputOf !== undefined && inputs[inputOf]?.window?.fn === 'timeIn') return true;
  }
  return false;
}

const OF_THE_MOMENT: ReadonlySet<string> = new Set([
  'age',
  'online',
  'known',
  'state',
  'alarm',
  'for',
  'silence',
  'raised',
]);

function isOfValuesAlone(condition: Expression): boolean {
  for (const { name } of walk(condition)) if (OF_THE_MOMENT.has(name)) return false;
  return true;
}
