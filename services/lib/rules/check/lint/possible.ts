// What an expression can be worth while its inputs are known and within their sensors' range: an interval of a number, or
// which of true and false. Inputs are taken for independent, which only ever adds possibilities: what is impossible here is
// impossible.

import { parseDuration } from '#domain/duration.ts';
import type { CompiledRule } from '../../language/compile-rule.ts';
import type { Expression, Path } from '../../language/expression.ts';
import type { InputSpec, RuleFile } from '../../language/rule-schema.ts';
import { EVERY_NUMBER, hull, INTERVAL_ARITHMETIC, point } from './interval.ts';
import { excludes } from './joint.ts';
import type { Facts } from './lint.ts';
import { type Range, rangeOf } from './metric-facts.ts';

export type Possible = {
  readonly numbers: Range;
  readonly canBeTrue: boolean;
  readonly canBeFalse: boolean;
};

const ANYTHING: Possible = { numbers: EVERY_NUMBER, canBeTrue: true, canBeFalse: true };
const number = (numbers: Range): Possible => ({ ...ANYTHING, numbers });
const truth = (canBeTrue: boolean, canBeFalse: boolean): Possible => ({ ...ANYTHING, canBeTrue, canBeFalse });

/** Of an expression of the rule. */
export function possibleOf(expression: Expression, rule: CompiledRule, facts: Facts): Possible {
  const { name, constant, inputOf, parts } = expression;
  if (typeof constant === 'number') return number(point(constant));
  if (typeof constant === 'boolean') return truth(constant, !constant);
  if (inputOf !== undefined) return number(inputRange(rule, inputOf, facts));
  if (name === 'param') return paramValue(expression, rule);
  const operands = parts.map((part) => possibleOf(part, rule, facts));
  const numbers = operands.map((each) => each.numbers);
  if (name === 'atLeast') return countOf(operands, atLeastCount(rule.source, expression));
  const compute = INTERVAL_ARITHMETIC.get(name);
  if (compute !== undefined) return number(compute(numbers));
  const { numbers: of, canBeTrue, canBeFalse } = TRUTHS.get(name)?.(operands, expression) ?? ANYTHING;
  if (name !== 'and' && name !== 'or') return { numbers: of, canBeTrue, canBeFalse };
  // One by one its parts may be possible, and not together.
  const numbersOf = (part: Expression) => possibleOf(part, rule, facts).numbers;
  return truth(
    canBeTrue && !(name === 'and' && excludes(expression, true, numbersOf)),
    canBeFalse && !(name === 'or' && excludes(expression, false, numbersOf)),
  );
}

type Judge = (operands: readonly Possible[], expression: Expression) => Possible;
const at = (operands: readonly Possible[], i: number): Possible => operands[i] ?? ANYTHING;
const ordered =
  (judge: (a: Range, b: Range) => Possible): Judge =>
  (operands) =>
    judge(at(operands, 0).numbers, at(operands, 1).numbers);

const above = ordered((a, b) => truth(a.high > b.low, a.low <= b.high));
const atLeastAsHigh = ordered((a, b) => truth(a.high >= b.low, a.low < b.high));
const below = ordered((a, b) => truth(a.low < b.high, a.high >= b.low));
const atMostAsHigh = ordered((a, b) => truth(a.low <= b.high, a.high > b.low));
const same = ordered((a, b) =>
  truth(a.high >= b.low && b.high >= a.low, a.low !== a.high || b.low !== b.high || a.low !== b.low),
);
const opposite =
  (judge: Judge): Judge =>
  (operands, expression) => {
    const { canBeTrue, canBeFalse } = judge(operands, expression);
    return truth(canBeFalse, canBeTrue);
  };

/** == of numbers only: of texts and booleans the operands' types are not known before run time. */
const equal: Judge = (operands, expression) =>
  expression.parts.some(({ type }) => type === 'number') ? same(operands, expression) : ANYTHING;

const between: Judge = ([value = ANYTHING, low = ANYTHING, high = ANYTHING], expression) => {
  const reaches = atLeastAsHigh([value, low], expression);
  const stays = atMostAsHigh([value, high], expression);
  const isSwapped = low.numbers.low > high.numbers.high;
  return truth(!isSwapped && reaches.canBeTrue && stays.canBeTrue, isSwapped || reaches.canBeFalse || stays.canBeFalse);
};

/** At least so many of them hold. */
function countOf(operands: readonly Possible[], wanted: number): Possible {
  const certain = operands.filter(({ canBeFalse }) => !canBeFalse).length;
  const possible = operands.filter(({ canBeTrue }) => canBeTrue).length;
  return truth(possible >= wanted, certain < wanted);
}

const choice: Judge = ([test = ANYTHING, then = ANYTHING, otherwise = ANYTHING]) => {
  if (!test.canBeFalse) return then;
  if (!test.canBeTrue) return otherwise;
  return {
    numbers: hull(then.numbers, otherwise.numbers),
    canBeTrue: then.canBeTrue || otherwise.canBeTrue,
    canBeFalse: then.canBeFalse || otherwise.canBeFalse,
  };
};

const TRUTHS: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ['>', above],
  ['>=', atLeastAsHigh],
  ['<', below],
  ['<=', atMostAsHigh],
  ['==', equal],
  ['!=', opposite(equal)],
  ['between', between],
  ['and', (operands) => countOf(operands, operands.length)],
  ['or', (operands) => countOf(operands, 1)],
  ['!', opposite((operands) => at(operands, 0))],
  ['if', choice],
  // At first it is false, whatever its condition.
  ['for', (operands) => truth(at(operands, 0).canBeTrue, true)],
]);

/** A device may have a value of its own, which nobody knows here. */
function paramValue(expression: Expression, rule: CompiledRule): Possible {
  const name = paramName(rule.source, expression);
  const param = rule.params.find((each) => each.name === name);
  if (param === undefined || param.source !== undefined) return ANYTHING;
  if (typeof param.value === 'boolean') return truth(param.value, !param.value);
  return typeof param.value === 'number' ? number(point(param.value)) : ANYTHING;
}

/** The name that a `param` expression reads, as it was written. */
export function paramName(file: RuleFile, { path }: Expression): string | undefined {
  const { param } = (writtenAt(file, path) ?? {}) as { readonly param?: unknown };
  const [name] = Array.isArray(param) ? param : [param];
  return typeof name === 'string' ? name : undefined;
}

/** How many must hold; it is a part of what was written, and no expression. */
function atLeastCount(file: RuleFile, { path }: Expression): number {
  const { atLeast } = (writtenAt(file, path) ?? {}) as { readonly atLeast?: readonly unknown[] };
  return Number(atLeast?.[0]);
}

/** What stands in the file at a place. */
export function writtenAt(file: RuleFile, path: Path): unknown {
  let written: unknown = file;
  for (const step of path)
    written = (written as { readonly [key: string | number]: unknown } | undefined | null)?.[step];
  return written;
}

function inputRange(rule: CompiledRule, index: number, facts: Facts): Range {
  const name = rule.inputs[index]?.name ?? '';
  const spec = rule.source.inputs[name];
  return spec === undefined ? EVERY_NUMBER : windowRange(spec, rangeOf(spec, facts.get(name)));
}

/** What a function makes of samples that all lie in a range. */
function windowRange(spec: InputSpec, samples: Range | undefined): Range {
  const windowMs = parseDuration(spec.window ?? '') ?? Number.POSITIVE_INFINITY;
  switch (spec.fn) {
    case 'last':
    case 'min':
    case 'max':
    case 'avg':
      return samples ?? EVERY_NUMBER;
    case 'count':
      return { low: spec.minSamples ?? 1, high: Number.POSITIVE_INFINITY };
    case 'changes':
      return { low: 0, high: Number.POSITIVE_INFINITY };
    case 'timeIn':
      return { low: 0, high: windowMs / 1_000 };
    case 'delta': {
      const span = samples === undefined ? Number.POSITIVE_INFINITY : samples.high - samples.low;
      return { low: -span, high: span };
    }
    case 'stddev':
      return { low: 0, high: samples === undefined ? Number.POSITIVE_INFINITY : samples.high - samples.low };
    default:
      return EVERY_NUMBER;
  }
}
