// What comparisons of one input allow together: `> 80` and `< 70` allow nothing. Looked into as far as and, or and ! join
// comparisons of an input, or of its age, with a number that is known; what is not understood allows everything.

import type { Expression } from '../../language/expression.ts';
import type { Range } from './metric-facts.ts';

type Bounds = Range & { readonly isLowOpen: boolean; readonly isHighOpen: boolean };
/** Of one input or age. */
type Limit = { readonly of: string; readonly bounds: Bounds };

/** The numbers that an expression can be. */
type NumbersOf = (expression: Expression) => Range;

/** Whether the expression can never be `truth`, whatever its inputs are. */
export function excludes(expression: Expression, truth: boolean, numbersOf: NumbersOf): boolean {
  return areEmpty(limitsOf(expression, truth, numbersOf));
}

/** Whether two expressions can never be so at once. */
export function excludesBoth(
  [a, truthOfA]: readonly [Expression, boolean],
  [b, truthOfB]: readonly [Expression, boolean],
  numbersOf: NumbersOf,
): boolean {
  return areEmpty([...limitsOf(a, truthOfA, numbersOf), ...limitsOf(b, truthOfB, numbersOf)]);
}

function areEmpty(limits: readonly Limit[]): boolean {
  return [...Map.groupBy(limits, ({ of }) => of).values()].some((ofOne) => isEmpty(ofOne.map(({ bounds }) => bounds)));
}

function isEmpty(all: readonly Bounds[]): boolean {
  const low = Math.max(...all.map((each) => each.low));
  const high = Math.min(...all.map((each) => each.high));
  if (low !== high) return low > high;
  return all.some((each) => (each.low === low && each.isLowOpen) || (each.high === high && each.isHighOpen));
}

/** What must hold of single inputs for the expression to be `truth`. */
function limitsOf(expression: Expression, truth: boolean, numbersOf: NumbersOf): Limit[] {
  const { name, parts } = expression;
  const [only] = parts;
  if (name === '!' && only !== undefined) return limitsOf(only, !truth, numbersOf);
  // All parts of an `and` that is true are true, and all of an `or` that is false are false.
  if (name === (truth ? 'and' : 'or')) return parts.flatMap((part) => limitsOf(part, truth, numbersOf));
  return ofComparison(expression, truth, numbersOf);
}

const NEGATED: ReadonlyMap<string, string> = new Map(Object.entries({ '>': '<=', '>=': '<', '<': '>=', '<=': '>' }));
const MIRRORED: ReadonlyMap<string, string> = new Map(Object.entries({ '>': '<', '>=': '<=', '<': '>', '<=': '>=' }));

function ofComparison({ name, parts }: Expression, truth: boolean, numbersOf: NumbersOf): Limit[] {
  const [a, b, c] = parts;
  if (a === undefined || b === undefined) return [];
  if (name === 'between')
    return truth && c !== undefined ? limit(a, closed(numbersOf(b).low, numbersOf(c).high), numbersOf) : [];
  if (name === (truth ? '==' : '!=')) return ofEqual(a, b, numbersOf);
  const operator = truth ? name : NEGATED.get(name);
  if (operator === undefined || !MIRRORED.has(operator)) return [];
  if (variableOf(a) !== undefined) return limit(a, side(operator, numbersOf(b)), numbersOf);
  return limit(b, side(MIRRORED.get(operator) ?? '', numbersOf(a)), numbersOf);
}

function ofEqual(a: Expression, b: Expression, numbersOf: NumbersOf): Limit[] {
  const [variable, other] = variableOf(a) === undefined ? [b, a] : [a, b];
  if (other.type !== 'number') return [];
  const { low, high } = numbersOf(other);
  return limit(variable, closed(low, high), numbersOf);
}

function limit(variable: Expression, bounds: Bounds, numbersOf: NumbersOf): Limit[] {
  const of = variableOf(variable);
  if (of === undefined) return [];
  const { low, high } = numbersOf(variable);
  return [
    { of, bounds },
    { of, bounds: closed(low, high) },
  ];
}

function variableOf({ inputOf, ageOf }: Expression): string | undefined {
  if (inputOf !== undefined) return `value ${inputOf}`;
  return ageOf === undefined ? undefined : `age ${ageOf}`;
}

const closed = (low: number, high: number): Bounds => ({ low, high, isLowOpen: false, isHighOpen: false });
const INF = Number.POSITIVE_INFINITY;

/** On which side of a limit a value lies; the limit may itself be anything in a range. */
function side(operator: string, { low, high }: Range): Bounds {
  if (operator === '>' || operator === '>=') return { ...closed(low, INF), isLowOpen: operator === '>' };
  return { ...closed(-INF, high), isHighOpen: operator === '<' };
}
