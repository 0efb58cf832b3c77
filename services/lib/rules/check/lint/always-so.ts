// R003: a condition that is always true or always false whatever the sensors say, so that the alarm stands for ever or never
// comes; and, as a warning, one that never returns. An error only where it is certain: where a range is a guess from all
// models that have the metric, it is a warning.

import type { CompiledRule } from '../../language/compile-rule.ts';
import { type Expression, walk } from '../../language/expression.ts';
import { type PlacedLevel, placedLevels } from './level-places.ts';
import type { Facts, Lint, Remark } from './lint.ts';
import { rangeOf } from './metric-facts.ts';
import { possibleOf } from './possible.ts';

export const alwaysSo: Lint = {
  code: 'R003',
  ofRule: (rule, facts) =>
    placedLevels(rule).flatMap((placed) => [...ofCondition(placed, rule, facts), ...ofReturn(placed, rule, facts)]),
};

const NO_FACTS: Facts = new Map();

function ofCondition({ level, path }: PlacedLevel, rule: CompiledRule, facts: Facts): Remark[] {
  const { canBeTrue, canBeFalse } = possibleOf(level.condition, rule, facts);
  if (canBeTrue && canBeFalse) return [];
  // What is so without any model is no guess.
  const bare = possibleOf(level.condition, rule, NO_FACTS);
  const isCertain = !(bare.canBeTrue && bare.canBeFalse) || !isGuess(level.condition, rule, facts);
  const what = canBeTrue ? 'true: the alarm never returns' : 'false: the alarm never comes';
  return [
    {
      path: [...path, 'condition'],
      message: `the condition is always ${what}${rangesIn(level.condition, rule, facts)}`,
      level: isCertain ? 'error' : 'warn',
    },
  ];
}

/** What was written to return by. The negation of a condition returns as long as the condition is not always true. */
function ofReturn({ level, path, spec }: PlacedLevel, rule: CompiledRule, facts: Facts): Remark[] {
  const { clearCondition } = level;
  const field = spec.clearCondition === undefined ? 'deadband' : 'clearCondition';
  const canReturn =
    field === 'clearCondition'
      ? possibleOf(clearCondition, rule, facts).canBeTrue
      : spec.deadband === undefined || canPassDeadband(level.condition, spec.deadband, { rule, facts });
  if (canReturn) return [];
  const what =
    field === 'deadband'
      ? 'the deadband reaches beyond what the sensor can give'
      : 'the clearCondition is always false';
  const message = `${what}: the alarm never returns${rangesIn(clearCondition, rule, facts)}`;
  return [{ path: [...path, field], message, level: 'warn' }];
}

/** A deadband stands on one comparison of a value with a limit, on whichever side. */
function canPassDeadband(
  condition: Expression,
  deadband: number,
  { rule, facts }: { readonly rule: CompiledRule; readonly facts: Facts },
): boolean {
  const [left, right] = condition.parts;
  if (left === undefined || right === undefined) return true;
  const isLeft = [...walk(left)].some(({ inputOf }) => inputOf !== undefined);
  const [value, limit] = (isLeft ? [left, right] : [right, left]).map((each) => possibleOf(each, rule, facts).numbers);
  if (value === undefined || limit === undefined) return true;
  const rises = condition.name.startsWith('>') === isLeft;
  return rises ? value.low <= limit.high - deadband : value.high >= limit.low + deadband;
}

/** The ranges that led to it: `; temp is 0 to 10`. */
function rangesIn(expression: Expression, rule: CompiledRule, facts: Facts): string {
  const told = inputsIn(expression, rule).flatMap((name) => {
    const range = rangeOf(rule.source.inputs[name], facts.get(name));
    return range === undefined ? [] : [`${name} is ${range.low} to ${range.high}`];
  });
  return told.length === 0 ? '' : `; ${told.join(', ')}`;
}

function isGuess(expression: Expression, rule: CompiledRule, facts: Facts): boolean {
  return inputsIn(expression, rule).some((name) => {
    const known = facts.get(name);
    return known !== undefined && known.metrics.length > 0 && !known.isCertain;
  });
}

function inputsIn(expression: Expression, rule: CompiledRule): string[] {
  const indexes = new Set([...walk(expression)].flatMap(({ inputOf }) => inputOf ?? []));
  return [...indexes].map((index) => rule.inputs[index]?.name ?? '');
}
