// Every function that a SELECT may call over samples, by name. Adding one is a row in the table of its kind.

import type { Call, Expr } from '../ast.ts';
import { QueryError } from '../query-error.ts';
import type { Aggregate } from './accumulator.ts';
import { AGGREGATES } from './aggregates.ts';
import { MATH } from './math.ts';
import { SELECTORS } from './selectors.ts';
import { TRANSFORMS, type Transform } from './transforms.ts';

const AGGREGATE_TABLE = new Map<string, Aggregate>(Object.entries({ ...AGGREGATES, ...SELECTORS }));
const TRANSFORM_TABLE = new Map<string, Transform>(Object.entries(TRANSFORMS));

export function aggregateOf(call: Call): Aggregate | undefined {
  return AGGREGATE_TABLE.get(call.name);
}

export function transformOf(call: Call): Transform | undefined {
  return TRANSFORM_TABLE.get(call.name);
}

/** Throws where a call names no function, or gives it too few or too many arguments. */
export function checkCall(call: Call): void {
  const math = MATH.get(call.name);
  const spec = aggregateOf(call) ?? transformOf(call);
  if (math !== undefined) {
    checkCount(call, math.arity, math.arity);
    return;
  }
  if (spec === undefined) throw new QueryError(`undefined function ${call.name}()`);
  checkCount(call, spec.parameter === 'number' ? 2 : 1, spec.parameter === 'none' ? 1 : 2);
  const parameter = call.args[1];
  if (parameter === undefined) return;
  if (spec.parameter === 'duration' && !(parameter.kind === 'duration' && parameter.ns > 0n)) {
    throw new QueryError(`second argument to ${call.name} must be a positive duration, got ${parameter.kind}`);
  }
  if (spec.parameter === 'number' && !(numberOf(parameter) > 0)) {
    throw new QueryError(`expected a positive number as second argument in ${call.name}()`);
  }
}

function checkCount(call: Call, min: number, max: number): void {
  const count = call.args.length;
  if (count >= min && count <= max) return;
  const expected = min === max ? `${min}` : `at least ${min} but no more than ${max}`;
  throw new QueryError(`invalid number of arguments for ${call.name}, expected ${expected}, got ${count}`);
}

export function numberOf(expr: Expr | undefined): number {
  return expr?.kind === 'integer' || expr?.kind === 'number' ? Number(expr.value) : Number.NaN;
}

export function durationUsOf(expr: Expr | undefined): number | undefined {
  return expr?.kind === 'duration' ? Number(expr.ns) / 1_000 : undefined;
}
