// A rule while it is loaded: its instances, and the one frame that its expressions see. The frame is brought to an instance
// and a moment before anything is evaluated, so that an idle instance costs no frame of its own.

import { maxAgeOf } from '#runtime/plant-files.ts';
import type { CompiledParam, CompiledRule } from '../language/compile-rule.ts';
import { type Expression, type Frame, walk } from '../language/expression.ts';
import { type Operand, UNKNOWN } from '../language/operand.ts';
import type { Instance } from './instance.ts';

export class RuleFrame implements Frame {
  at = 0;
  readonly inputs: Operand[];
  readonly sampledAt: number[];
  readonly params: Operand[];
  readonly knownAt: number[];
  maxAgeMs: readonly number[] = [];
  readonly trends: (-1 | 0 | 1)[];
  readonly timers: Operand[];
  readonly timersEndAt: number[];
  isRaised = false;
  raisedBecause = '';
  /** Whose moment it shows. */
  instance: Instance | undefined;

  constructor({ inputs, params, timers }: CompiledRule) {
    this.inputs = inputs.map(() => UNKNOWN.NEVER);
    this.sampledAt = inputs.map(() => 0);
    this.knownAt = inputs.map(() => 0);
    this.trends = inputs.map(() => 0);
    this.params = params.map(({ value }) => value);
    this.timers = timers.map(() => UNKNOWN.NEVER);
    this.timersEndAt = timers.map(() => Number.POSITIVE_INFINITY);
  }

  online = (input: number): Operand => this.instance?.slots[input]?.device.online ?? UNKNOWN.STATE;
  plantState = (name: string): Operand => this.instance?.area.plantStates.get(name) ?? UNKNOWN.STATE;
  alarm = (rule: string): boolean => (this.instance?.area.activeAlarms.get(rule) ?? 0) > 0;
}

export class LoadedRule {
  readonly rule: CompiledRule;
  readonly frame: RuleFrame;
  readonly instances = new Set<Instance>();
  /** Why it is not evaluated any more; undefined while it is. */
  isolatedBecause: string | undefined;
  /** From which age on each input is STALE where no model of its device says, ms. */
  readonly maxAgeMs: readonly number[];
  /** Params that a device may have of its own; usually none. */
  readonly sourced: readonly { readonly index: number; readonly param: CompiledParam }[];
  /** Whether the frame must say when inputs were known last. */
  readonly needsKnownAt: boolean;
  readonly hasDesignSuppression: boolean;
  /** Its expressions that can change with time alone; usually none. */
  readonly moving: readonly Expression[];
  /** Whether backfilled samples can be judged: what was online or silent then is not known any more. */
  readonly judgesHistory: boolean;

  constructor(rule: CompiledRule) {
    this.rule = rule;
    this.frame = new RuleFrame(rule);
    this.maxAgeMs = rule.inputs.map(({ maxAgeMs }) => maxAgeMs ?? maxAgeOf(undefined));
    this.sourced = rule.params.flatMap((param, index) => (param.source === undefined ? [] : [{ index, param }]));
    this.needsKnownAt = rule.clearsOnSilence !== undefined || rule.companionOf?.kind === 'no-data';
    this.moving = expressionsOf(rule).filter((each) => movesByItself(each, rule));
    this.judgesHistory = rule.levels.every(({ condition }) => isOfValuesAlone(condition));
    this.hasDesignSuppression =
      rule.enableWhen !== undefined || rule.suppressWhen !== undefined || rule.inhibitedBy.length > 0;
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
