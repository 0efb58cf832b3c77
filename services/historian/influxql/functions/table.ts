// Every function that a SELECT may call over samples, by name. Adding one is a row in the table of its kind.

import type { Call, Expr } from '../ast.ts';
import type { Aggregate } from './accumulator.ts';
import { AGGREGATES } from './aggregates.ts';
import { SELECTORS } from './selectors.ts';
import { TRANSFORMS, type Transform } from './transforms.ts';

const AGGREGATE_TABLE = new Map<string, Aggregate>(Object.entries({ ...AGGREGATES, ...SELECTORS }));
const TRANSFORM_TABLE = new Map<string, Transform>(Object.entries(TRANSFORMS));

/** InfluxDB has them; here they are refused by name, so that nobody takes a typing error for the reason. */
export const NOT_OFFERED: ReadonlySet<string> = new Set(['sample', 'holt_winters', 'holt_winters_with_fit']);

export function aggregateOf(call: Call): Aggregate | undefined {
  return AGGREGATE_TABLE.get(call.name);
}

export function transformOf(call: Call): Transform | undefined {
  return TRANSFORM_TABLE.get(call.name);
}

export function numberOf(expr: Expr | undefined): number {
  return expr?.kind === 'integer' || expr?.kind === 'number' ? Number(expr.value) : Number.NaN;
}

export function durationNsOf(expr: Expr | undefined): number | undefined {
  return expr?.kind === 'duration' ? Number(expr.ns) : undefined;
}

/** `distinct` in `count(distinct(x))`. */
export function isCountOfDistinct(call: Call): boolean {
  const [input] = call.args;
  return call.name === 'count' && input?.kind === 'call' && input.name === 'distinct';
}
