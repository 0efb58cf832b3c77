// R003, of what is never known: a value that is compared with, or used as, what its model says it never is, and a window that
// never holds as many samples as are asked for. UNKNOWN raises nothing, so the alarm would never come.

import { parseDuration } from '#domain/duration.ts';
import type { CompiledRule } from '../../language/compile-rule.ts';
import { type Expression, type StaticType, typeOf, walk } from '../../language/expression.ts';
import type { RuleFile } from '../../language/rule-schema.ts';
import { placedLevels } from './level-places.ts';
import type { Facts, Lint, Remark } from './lint.ts';
import { intervalOf, type MetricFacts } from './metric-facts.ts';
import { writtenAt } from './possible.ts';

export const neverKnown: Lint = {
  code: 'R003',
  ofFile: ({ inputs }, facts) =>
    Object.entries(inputs).flatMap(([name, spec]) => [
      ...tooManySamples(name, spec, facts.get(name)),
      ...wrongSamples(name, spec, facts.get(name)),
    ]),
  ofRule: (rule, facts) =>
    conditionsOf(rule).flatMap((condition) => [
      ...asTruth(condition, rule, facts),
      ...[...walk(condition)].flatMap((part) => ofOperands(part, rule, facts)),
    ]),
};

/** All that was written; what a clear condition is derived from has been looked at. */
function conditionsOf(rule: CompiledRule): Expression[] {
  const { enableWhen, suppressWhen, actions } = rule;
  const levels = placedLevels(rule).flatMap(({ level, spec }) => [
    level.condition,
    ...(spec.clearCondition === undefined ? [] : [level.clearCondition]),
  ]);
  const ofActions = actions.flatMap((each) =>
    each.type === 'command' ? [each.permitWhen, each.verify?.condition] : [],
  );
  return [...levels, enableWhen, suppressWhen, ...ofActions].filter((each) => each !== undefined);
}

const NUMERIC = new Set(['>', '>=', '<', '<=', 'between', '+', '-', '*', '/', 'min', 'max', 'abs']);
const LOGICAL = new Set(['and', 'or', '!', 'atLeast', 'for']);

function ofOperands(expression: Expression, rule: CompiledRule, facts: Facts): Remark[] {
  const { name, parts } = expression;
  if (LOGICAL.has(name)) return parts.flatMap((part) => asTruth(part, rule, facts));
  if (name === 'if') return parts.slice(0, 1).flatMap((part) => asTruth(part, rule, facts));
  if (NUMERIC.has(name))
    return parts.flatMap((part) => {
      const says = `'${name}' needs a number`;
      return unless(part, (type) => type === 'number', says, { rule, facts });
    });
  if (name === '==' || name === '!=') return ofEquality(expression, { rule, facts });
  return name === 'in' ? ofList(expression, { rule, facts }) : [];
}

type Known = { readonly rule: CompiledRule; readonly facts: Facts };

function asTruth(expression: Expression, rule: CompiledRule, facts: Facts): Remark[] {
  return unless(expression, (type) => type === 'boolean', 'a condition is true or false', { rule, facts });
}

/** A remark where it is an input of a type that will not do. */
function unless(expression: Expression, isGood: (type: StaticType) => boolean, says: string, known: Known): Remark[] {
  const input = inputIn(expression, known);
  if (input === undefined || isGood(input.type)) return [];
  const message = `${says}, and ${input.metric} is a ${input.type}: it is never known, and the alarm never comes`;
  return [{ path: expression.path, message, level: input.level }];
}

function ofEquality({ path, parts: [a, b] }: Expression, known: Known): Remark[] {
  if (a === undefined || b === undefined) return [];
  const inputs = [inputIn(a, known), inputIn(b, known)].filter((each) => each !== undefined);
  const [left, right] = [inputIn(a, known)?.type ?? a.type, inputIn(b, known)?.type ?? b.type];
  const [input] = inputs;
  if (input === undefined || left === right || left === 'any' || right === 'any') return [];
  const message = `${input.metric} is a ${input.type} and is compared with a ${input.type === left ? right : left}: that is never known, and the alarm never comes`;
  const constant = a.constant ?? b.constant;
  const isSpoken = input.type === 'boolean' && (constant === 0 || constant === 1);
  const level = inputs.every((each) => each.level === 'error') ? 'error' : 'warn';
  return [{ path, message, level, ...(isSpoken ? { suggestion: String(constant === 1) } : {}) }];
}

function ofList({ path, parts: [value] }: Expression, known: Known): Remark[] {
  const input = value === undefined ? undefined : inputIn(value, known);
  const { in: [, list] = [] } = (writtenAt(known.rule.source, path) ?? {}) as { readonly in?: readonly unknown[] };
  if (input === undefined || !Array.isArray(list) || list.some((each) => typeOf(each) === input.type)) return [];
  const message = `${input.metric} is a ${input.type}, and the list holds none: that is never known, and the alarm never comes`;
  return [{ path, message, level: input.level }];
}

type TypedInput = { readonly metric: string; readonly type: StaticType; readonly level: Remark['level'] };

/** The input that an expression is, where a model says of which type its values are. */
function inputIn({ inputOf }: Expression, { rule, facts }: Known): TypedInput | undefined {
  const name = inputOf === undefined ? undefined : rule.inputs[inputOf]?.name;
  const spec = name === undefined ? undefined : rule.source.inputs[name];
  if (name === undefined || spec === undefined) return undefined;
  if (spec.fn !== 'last') return { metric: `${spec.fn} of ${spec.metric}`, type: 'number', level: 'error' };
  const type = typeIn(facts.get(name));
  return type === undefined ? undefined : { metric: spec.metric, type, level: levelOf(facts.get(name)) };
}

/** Which all models that have the metric say. */
function typeIn(facts: MetricFacts | undefined): StaticType | undefined {
  const types = new Set((facts?.metrics ?? []).map(({ type }) => type));
  const [type] = types;
  return types.size === 1 ? type : undefined;
}

const levelOf = (facts: MetricFacts | undefined): Remark['level'] => (facts?.isCertain === true ? 'error' : 'warn');

type Spec = RuleFile['inputs'][string];

/** A window is half open, but clocks are not exact: one sample more than it should hold may be in it. */
function tooManySamples(name: string, spec: Spec, facts: MetricFacts | undefined): Remark[] {
  const { window, minSamples, sampling } = spec;
  const [windowMs, intervalMs] = [parseDuration(window ?? ''), intervalOf(facts)];
  if (windowMs === undefined || intervalMs === undefined || minSamples === undefined || sampling === 'onChange')
    return [];
  const most = Math.floor(windowMs / intervalMs) + 1;
  if (minSamples <= most) return [];
  const message = `a window of ${window} holds at most ${most} samples of one each ${intervalMs / 1_000} s: ${minSamples} never come together`;
  return [{ path: ['inputs', name, 'minSamples'], message, level: levelOf(facts) }];
}

const OF_ANY = new Set(['last', 'count', 'changes']);

/** What a function cannot use is not in its window, which then stays empty. */
function wrongSamples(name: string, { fn, metric }: Spec, facts: MetricFacts | undefined): Remark[] {
  const type = typeIn(facts);
  const needed = fn === 'timeIn' ? 'boolean' : 'number';
  if (type === undefined || OF_ANY.has(fn) || type === needed) return [];
  const message = `'${fn}' is of ${needed}s, and ${metric} is a ${type}: its window stays empty`;
  return [{ path: ['inputs', name, 'fn'], message, level: levelOf(facts) }];
}
