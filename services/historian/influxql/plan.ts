// A SELECT, checked and made ready to run on any measurement: range, buckets, paging. What depends on a measurement's
// fields (wildcards, types) is decided when that measurement is met.

import type { Call, Dimension, Expr, Field, Fill, Select } from './ast.ts';
import { splitCondition } from './condition.ts';
import { visit } from './evaluate.ts';
import { aggregateOf, checkCall, transformOf } from './functions/table.ts';
import { QueryError } from './query-error.ts';
import { TIME_MAX, TIME_MIN } from './store.ts';
import { UTC, zoneOffset } from './time-text.ts';
import { Window } from './window.ts';

export type Plan = {
  readonly fields: readonly Field[];
  readonly from: number;
  readonly to: number;
  readonly filter: Expr | undefined;
  readonly window: Window | undefined;
  readonly dimensions: readonly Exclude<Dimension, { kind: 'time' }>[];
  readonly fill: Fill;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly hasCalls: boolean;
};

/** `bounds` are those of the query around a subquery: a subquery never reads more than the outer one can use. */
export function planSelect(select: Select, nowUs: number, bounds = { from: TIME_MIN, to: TIME_MAX }): Plan {
  const zone = select.zone === undefined ? UTC : zoneOffset(select.zone);
  const condition = splitCondition(select.where, { nowUs, zone });
  const hasCalls = checkFields(select.fields);
  const time = select.dimensions.find((dimension) => dimension.kind === 'time');
  if (time !== undefined && !hasCalls) throw new QueryError('GROUP BY requires at least one aggregate function');
  let to = Math.min(condition.to, bounds.to);
  // Buckets up to the end of all time would be meant by nobody: without an upper bound they end now.
  if (time !== undefined && to === TIME_MAX) to = nowUs;
  return {
    fields: select.fields,
    from: Math.max(condition.from, bounds.from),
    to,
    filter: condition.filter,
    window: time === undefined ? undefined : new Window(...windowOf(time), zone),
    dimensions: select.dimensions.filter((dimension) => dimension.kind !== 'time'),
    fill: select.fill,
    descending: select.descending,
    limit: select.limit ?? Number.POSITIVE_INFINITY,
    offset: select.offset,
    hasCalls,
  };
}

function windowOf(time: Extract<Dimension, { kind: 'time' }>): [intervalUs: number, offsetUs: number] {
  const intervalUs = Number(time.intervalNs) / 1_000;
  if (!Number.isSafeInteger(intervalUs) || intervalUs === 0) {
    throw new QueryError('time buckets must be whole microseconds');
  }
  if (time.offset === undefined) return [intervalUs, 0];
  if (time.offset.kind !== 'duration') throw new QueryError('time dimension offset must be a duration');
  return [intervalUs, Number(time.offset.ns) / 1_000];
}

/** Whether the fields call functions over samples. */
function checkFields(fields: readonly Field[]): boolean {
  const calls: Call[] = [];
  for (const { expr } of fields) {
    checkMath(expr);
    visit(
      expr,
      (call) => calls.push(call),
      () => {},
    );
  }
  for (const call of calls) checkArguments(call);
  return calls.length > 0;
}

function checkMath(expr: Expr): void {
  if (expr.kind === 'binary') {
    if (['AND', 'OR', '=', '!=', '<', '<=', '>', '>=', '=~', '!~'].includes(expr.op)) {
      throw new QueryError(`invalid operator ${expr.op} in SELECT field; only + - * / % are allowed`);
    }
    checkMath(expr.left);
    checkMath(expr.right);
  } else if (expr.kind === 'call') {
    checkCall(expr);
    for (const arg of expr.args) checkMath(arg);
  }
}

function checkArguments(call: Call): void {
  const [input] = call.args;
  const isTransform = transformOf(call) !== undefined;
  if (input?.kind === 'call') {
    if (isTransform ? aggregateOf(input) !== undefined : call.name === 'count' && input.name === 'distinct') {
      checkArguments(input);
      return;
    }
    throw new QueryError(`expected field argument in ${call.name}()`);
  }
  if (input?.kind !== 'ref' && input?.kind !== 'wildcard' && input?.kind !== 'regex') {
    throw new QueryError(`expected field argument in ${call.name}()`);
  }
}
