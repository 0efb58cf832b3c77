// R004, of what was written: a clearCondition that can be true together with its condition, so that the alarm would come and
// return at once. Told only with a proof: a value of every input for which both are true, found among the limits that the
// two name and what lies between them. Inputs of the same metric are not free of each other, and what time, devices, states
// and other alarms decide is not looked into: there it says nothing.

import type { CompiledRule } from '../../language/compile-rule.ts';
import { type Expression, type Frame, walk } from '../../language/expression.ts';
import { formatValue } from '../../language/format-value.ts';
import type { Operand } from '../../language/operand.ts';
import { placedLevels } from './level-places.ts';
import type { Facts, Lint } from './lint.ts';
import { rangeOf } from './metric-facts.ts';

/** More combinations than a rule of a handful of limits has; past it nothing is said. */
const TRIES_MAX = 20_000;

export const clearOverlap: Lint = {
  code: 'R004',
  ofRule: (rule, facts) =>
    placedLevels(rule).flatMap(({ level, path, spec }) => {
      if (spec.clearCondition === undefined) return [];
      const witness = witnessOf([level.condition, level.clearCondition], rule, facts);
      if (witness === undefined) return [];
      const message = `the clearCondition can be true together with the condition${witness}: the alarm would come and go at once`;
      return [{ path: [...path, 'clearCondition'], message, level: 'error' }];
    }),
};

const OPERATORS = new Set([
  ...['constant', 'var', 'param', 'and', 'or', '!', 'if', 'atLeast', '==', '!=', '>', '>=', '<', '<=', 'between', 'in'],
  ...['+', '-', '*', '/', 'min', 'max', 'abs'],
]);

type Values = readonly Exclude<Operand, object>[];

/** `, such as for temp 85`; undefined where no proof was found. */
function witnessOf(both: readonly [Expression, Expression], rule: CompiledRule, facts: Facts): string | undefined {
  const [condition, clear] = both;
  const parts = both.flatMap((each) => [...walk(each)]);
  if (!parts.every(({ name }) => OPERATORS.has(name))) return undefined;
  const inputs = inputsOf(condition);
  // What only the clearCondition reads may hang together with the rest by physics that nobody wrote down.
  if (!inputsOf(clear).every((index) => inputs.includes(index))) return undefined;
  if (new Set(inputs.map((index) => rule.inputs[index]?.metric)).size < inputs.length) return undefined;
  const candidates = candidatesOf(parts, rule);
  const choices = inputs.map((index) => candidates.filter(isWithin(index, rule, facts)));
  if (choices.reduce((product, { length }) => product * length, 1) > TRIES_MAX) return undefined;
  for (const values of combinations(choices)) {
    const frame = frameOf(rule, new Map(inputs.map((index, i) => [index, values[i] ?? 0])));
    if (!both.every((each) => each.evaluate(frame) === true)) continue;
    const told = inputs.map((index, i) => `${rule.inputs[index]?.name} ${formatValue(values[i] ?? 0)}`);
    return told.length === 0 ? '' : `, such as for ${told.join(', ')}`;
  }
  return undefined;
}

function inputsOf(expression: Expression): number[] {
  return [...new Set([...walk(expression)].flatMap(({ inputOf }) => inputOf ?? []))];
}

/** Every limit that is named, and numbers beside them: whole ones where the limits are, since it may be a count or a code. */
function candidatesOf(parts: readonly Expression[], rule: CompiledRule): Values {
  const named = [
    ...parts.flatMap(({ constant }) => (constant === undefined || typeof constant === 'object' ? [] : [constant])),
    ...rule.params.map(({ value }) => value),
  ];
  const texts = named.filter((each) => typeof each === 'string');
  const limits = [...new Set(named.filter((each) => typeof each === 'number'))].sort((a, b) => a - b);
  const beside = limits.every(Number.isInteger)
    ? limits.flatMap((limit) => [limit - 1, limit + 1])
    : [...limits.slice(1).map((limit, i) => limit / 2 + (limits[i] ?? limit) / 2), ...ends(limits)];
  return [...new Set([...beside, ...limits, true, false, ...texts])];
}

const ends = (limits: readonly number[]): number[] => [(limits[0] ?? 0) - 1, (limits.at(-1) ?? 0) + 1];

function isWithin(index: number, rule: CompiledRule, facts: Facts): (value: Values[number]) => boolean {
  const name = rule.inputs[index]?.name ?? '';
  const spec = rule.source.inputs[name];
  const range = spec?.fn === 'last' ? rangeOf(spec, facts.get(name)) : undefined;
  const isCounted = spec?.fn === 'count' || spec?.fn === 'changes';
  if (isCounted) return (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return (value) => range === undefined || (typeof value === 'number' && value >= range.low && value <= range.high);
}

function* combinations(choices: readonly Values[]): Iterable<Values> {
  const [first, ...rest] = choices;
  if (first === undefined) yield [];
  for (const value of first ?? []) for (const others of combinations(rest)) yield [value, ...others];
}

function frameOf(rule: CompiledRule, values: ReadonlyMap<number, Values[number]>): Frame {
  const inputs = rule.inputs.map((_, i) => values.get(i) ?? 0);
  const zeros = inputs.map(() => 0);
  return {
    ...{ at: 0, inputs, sampledAt: zeros, knownAt: zeros, maxAgeMs: zeros, trends: inputs.map(() => 0 as const) },
    params: rule.params.map(({ value }) => value),
    ...{ online: () => true, plantState: () => true, alarm: () => false },
    ...{ timers: [], timersEndAt: [], isRaised: false, raisedBecause: '', raisedAs: null },
  };
}
