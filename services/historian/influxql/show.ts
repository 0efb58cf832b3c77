// SHOW …, executed over the store's catalogue. A WHERE here is about tags; where a database is asked without naming a
// retention policy, what all its policies hold counts.

import type { Expr, KeyFilter, Measurement, Paging, Scope, Statement } from './ast.ts';
import { foldTags } from './condition.ts';
import { formatGoDuration } from './duration.ts';
import { QueryError } from './query-error.ts';
import type { ResultSeries } from './result.ts';
import type { Store, StoredMeasurement, StoredSeries } from './store.ts';

const WEEK_US = 604_800_000_000;

/** The measurements in scope by name, each once per policy that holds it. */
function inScope(store: Store, database: string, sources: readonly Measurement[]): Map<string, StoredMeasurement[]> {
  const all = (store.policies(database) ?? []).flatMap((policy) =>
    [...store.measurements(database, policy.name)].map((measurement) => ({ policy: policy.name, measurement })),
  );
  const isWanted = (policy: string, name: string) =>
    sources.length === 0 ||
    sources.some((source) => {
      if (source.policy !== undefined && source.policy !== policy) return false;
      return typeof source.name === 'string' ? source.name === name : source.name.matcher.matches(name);
    });
  const wanted = all.filter(({ policy, measurement }) => isWanted(policy, measurement.name));
  wanted.sort((a, b) => (a.measurement.name < b.measurement.name ? -1 : 1));
  return Map.groupBy(
    wanted.map(({ measurement }) => measurement),
    ({ name }) => name,
  );
}

function* matchingSeries(measurements: readonly StoredMeasurement[], where: Expr | undefined): Generator<StoredSeries> {
  for (const measurement of measurements) {
    for (const series of measurement.series()) {
      // A condition on fields cannot be decided by the catalogue: it then rules nothing out.
      if (foldTags(where, measurement, series.tags) !== false) yield series;
    }
  }
}

function page<T>(rows: readonly T[], { limit, offset }: Paging): T[] {
  return rows.slice(offset, limit === undefined ? undefined : offset + limit);
}

function passes(filter: KeyFilter | undefined, key: string): boolean {
  if (filter === undefined) return true;
  if (filter.kind === 'in') return filter.keys.includes(key);
  if (filter.kind === 'not') return filter.key !== key;
  return filter.matcher.matches(key) !== filter.negated;
}

function perMeasurement(
  store: Store,
  database: string,
  scope: Scope,
  columns: readonly string[],
  rowsOf: (measurements: readonly StoredMeasurement[]) => string[][],
): ResultSeries[] {
  return [...inScope(store, database, scope.sources)]
    .map(([name, measurements]) => ({ name, columns, values: page(rowsOf(measurements), scope) }))
    .filter(({ values }) => values.length > 0);
}

export function showDatabases(store: Store): ResultSeries[] {
  return [{ name: 'databases', columns: ['name'], values: store.databases().map((name) => [name]) }];
}

export function showPolicies(store: Store, database: string): ResultSeries[] {
  const policies = store.policies(database);
  if (policies === undefined) throw new QueryError(`database not found: ${database}`);
  const columns = ['name', 'duration', 'shardGroupDuration', 'replicaN', 'default'];
  const values = policies.map(({ name, durationUs, isDefault }) => [
    name,
    formatGoDuration(durationUs),
    formatGoDuration(WEEK_US),
    1,
    isDefault,
  ]);
  return [{ columns, values }];
}

export function showMeasurements(
  store: Store,
  database: string,
  statement: Extract<Statement, { kind: 'show-measurements' }>,
): ResultSeries[] {
  const names = [...inScope(store, database, [])]
    .filter(([name]) => passes(statement.names, name))
    .filter(
      ([, measurements]) => statement.where === undefined || hasAny(matchingSeries(measurements, statement.where)),
    )
    .map(([name]) => [name]);
  const values = page(names, statement);
  return values.length === 0 ? [] : [{ name: 'measurements', columns: ['name'], values }];
}

function hasAny(items: Iterable<unknown>): boolean {
  for (const _ of items) return true;
  return false;
}

export function showTagKeys(store: Store, database: string, scope: Scope): ResultSeries[] {
  return perMeasurement(store, database, scope, ['tagKey'], (measurements) => {
    const keys = new Set<string>();
    if (scope.where === undefined) for (const { tagKeys } of measurements) for (const key of tagKeys()) keys.add(key);
    else for (const { tags } of matchingSeries(measurements, scope.where)) for (const key of tags.keys()) keys.add(key);
    return [...keys].sort().map((key) => [key]);
  });
}

export function showTagValues(
  store: Store,
  database: string,
  statement: Extract<Statement, { kind: 'show-tag-values' }>,
): ResultSeries[] {
  return perMeasurement(store, database, statement, ['key', 'value'], (measurements) => {
    const values = new Map<string, Set<string>>();
    for (const { tags } of matchingSeries(measurements, statement.where)) {
      for (const [key, value] of tags) {
        if (!passes(statement.keys, key)) continue;
        let known = values.get(key);
        if (known === undefined) {
          known = new Set();
          values.set(key, known);
        }
        known.add(value);
      }
    }
    return [...values].sort().flatMap(([key, known]) => [...known].sort().map((value) => [key, value]));
  });
}

export function showFieldKeys(store: Store, database: string, scope: Scope): ResultSeries[] {
  return perMeasurement(store, database, scope, ['fieldKey', 'fieldType'], (measurements) => {
    const types = new Set(measurements.flatMap(({ fields }) => [...fields].map((field) => JSON.stringify(field))));
    return [...types].map((text): string[] => JSON.parse(text)).sort();
  });
}

export function showSeries(store: Store, database: string, scope: Scope): ResultSeries[] {
  const keys = new Set<string>();
  for (const [, measurements] of inScope(store, database, scope.sources)) {
    for (const { key } of matchingSeries(measurements, scope.where)) keys.add(key);
  }
  const values = page([...keys].sort(), scope).map((key) => [key]);
  return values.length === 0 ? [] : [{ columns: ['key'], values }];
}

export function showCardinality(store: Store, database: string, of: 'measurement' | 'series'): ResultSeries[] {
  const scope = { database, sources: [], where: undefined, limit: undefined, offset: 0 };
  const count =
    of === 'measurement'
      ? inScope(store, database, []).size
      : showSeries(store, database, scope).reduce((total, { values }) => total + values.length, 0);
  return [{ columns: ['cardinality estimation'], values: [[count]] }];
}
