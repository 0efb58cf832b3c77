// SHOW MEASUREMENTS. Its WHERE asks measurements, not series: `host = 'a' AND line = 'b'` is a measurement that has both
// somewhere, `host != 'a'` one that has the tag and nowhere that value.

import type { Binary, Expr, ShowStatement } from './ast.ts';
import { QueryError } from './query-error.ts';
import { type InPolicy, lookingFor, measurementsOf, SERIES_PER_TURN } from './scope.ts';
import { paged, passes, type Show, type ShowContext } from './show-answer.ts';
import { TIME_MAX, TIME_MIN } from './store.ts';

type Statement = Extract<ShowStatement, { kind: 'show-measurements' }>;

export function* showMeasurements(statement: Statement, database: string, { store, nowUs }: ShowContext): Show {
  const { from, to, filter } = lookingFor(statement.where, nowUs);
  if (from !== TIME_MIN || to !== TIME_MAX) {
    throw new QueryError("SHOW MEASUREMENTS doesn't support time in WHERE clause");
  }
  const byName = Map.groupBy(measurementsOf(store, database, []), ({ measurement }) => measurement.name);
  const names: string[][] = [];
  for (const [name, all] of byName) {
    if (!passes(statement.names, name)) continue;
    if (filter === undefined || isMet(filter, yield* valuesOf(all, keysIn(filter)))) names.push([name]);
  }
  const values = paged(names, statement);
  return values.length === 0 ? [] : [{ name: 'measurements', columns: ['name'], values }];
}

type Values = ReadonlyMap<string, ReadonlySet<string>>;

function* valuesOf(all: readonly InPolicy[], keys: ReadonlySet<string>): Generator<undefined, Values> {
  const values = new Map([...keys].map((key) => [key, new Set<string>()]));
  let seen = 0;
  for (const { measurement } of all) {
    for (const { tags } of measurement.series()) {
      if (++seen % SERIES_PER_TURN === 0) yield;
      for (const [key, known] of values) {
        const value = tags.get(key);
        if (value !== undefined) known.add(value);
      }
    }
  }
  return values;
}

function keysIn(filter: Expr): ReadonlySet<string> {
  if (filter.kind !== 'binary') throw new QueryError('a condition on measurements compares tags');
  if (filter.op === 'AND' || filter.op === 'OR') return new Set([...keysIn(filter.left), ...keysIn(filter.right)]);
  return new Set([tagOf(filter)]);
}

function tagOf({ op, left }: Binary): string {
  if (left.kind !== 'ref') throw new QueryError(`left side of '${op}' must be a tag key`);
  return left.name;
}

function isMet(filter: Expr, values: Values): boolean {
  if (filter.kind !== 'binary') return false;
  if (filter.op === 'AND') return isMet(filter.left, values) && isMet(filter.right, values);
  if (filter.op === 'OR') return isMet(filter.left, values) || isMet(filter.right, values);
  const known = values.get(tagOf(filter)) ?? new Set<string>();
  const isFound = known.values().some(matcherOf(filter));
  return filter.op === '=' || filter.op === '=~' ? isFound : known.size > 0 && !isFound;
}

function matcherOf({ op, right }: Binary): (value: string) => boolean {
  if (right.kind === 'regex') return right.matcher.matches;
  if (right.kind !== 'string') throw new QueryError(`right side of '${op}' must be a tag value string`);
  return (value) => value === right.value;
}
