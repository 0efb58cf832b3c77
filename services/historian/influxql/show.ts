// SHOW of what is stored, executed over the store's catalogue. Generators that yield between pieces of work.

import { may } from './access.ts';
import type { KeyFilter, Scope, ShowStatement } from './ast.ts';
import { showCardinality } from './cardinality.ts';
import { formatGoDuration } from './duration.ts';
import { shardDurationUs } from './policy.ts';
import { QueryError } from './query-error.ts';
import type { Cell, ResultSeries } from './result.ts';
import { eachSeries, type InPolicy, lookingFor, measurementsByPolicy, measurementsOf, policiesOf } from './scope.ts';
import { inPieces, paged, passes, type Show, type ShowContext } from './show-answer.ts';
import { showMeasurements } from './show-measurements.ts';
import { type Store, TIME_MAX, TIME_MIN } from './store.ts';

export function* executeShow(statement: ShowStatement, context: ShowContext): Generator<undefined | ResultSeries> {
  for (const series of yield* answer(statement, context)) yield* inPieces(series);
}

function answer(statement: ShowStatement, context: ShowContext): Show {
  if (statement.kind === 'show-databases') return now(showDatabases(context));
  const database = statement.database ?? context.database;
  if (database === undefined || database === '') throw new QueryError('database name required');
  switch (statement.kind) {
    case 'show-policies':
      return now(showPolicies(context.store, database));
    case 'show-measurements':
      return showMeasurements(statement, database, context);
    case 'show-tag-keys':
      return showTagKeys(statement, database, context);
    case 'show-tag-values':
      return showTagValues(statement, database, context);
    case 'show-field-keys':
      return now(showFieldKeys(statement, database, context));
    case 'show-series':
      return showSeries(statement, database, context);
    case 'show-cardinality':
      return showCardinality(statement, database, context);
  }
}

// biome-ignore lint/correctness/useYield: what is at hand takes no turns
function* now(series: ResultSeries[]): Show {
  return series;
}

/** One series per measurement that has rows. */
function byMeasurement(
  rows: ReadonlyMap<string, readonly Cell[][]>,
  columns: readonly string[],
  scope: Scope,
): ResultSeries[] {
  return [...rows]
    .map(([name, values]) => ({ name, columns, values: paged(values, scope) }))
    .filter(({ values }) => values.length > 0);
}

/** InfluxDB shows nobody a database that is closed to them. */
function showDatabases({ store, access }: ShowContext): ResultSeries[] {
  const names = store.databases().filter((name) => may(access, 'READ', name) || may(access, 'WRITE', name));
  return [{ name: 'databases', columns: ['name'], values: names.map((name) => [name]) }];
}

function showPolicies(store: Store, database: string): ResultSeries[] {
  const columns = ['name', 'duration', 'shardGroupDuration', 'replicaN', 'default'];
  const values = policiesOf(store, database).map((policy) => [
    policy.name,
    formatGoDuration(policy.durationUs),
    formatGoDuration(shardDurationUs(policy)),
    1,
    policy.isDefault,
  ]);
  return [{ columns, values }];
}

/** The tags of what is asked for: by measurement, key and value. */
export function* tagsOf(all: readonly InPolicy[], scope: Scope, keys: KeyFilter | undefined, nowUs: number) {
  const tags = new Map<string, Map<string, Set<string>>>();
  const wanted = new Map<string, boolean>();
  const isWanted = (key: string) => wanted.get(key) ?? (wanted.set(key, passes(keys, key)).get(key) as boolean);
  yield* eachSeries(all, lookingFor(scope.where, nowUs), (series, { measurement }) => {
    const ofMeasurement = entry(tags, measurement.name, () => new Map<string, Set<string>>());
    for (const [key, value] of series.tags) {
      if (isWanted(key)) entry(ofMeasurement, key, () => new Set<string>()).add(value);
    }
  });
  return tags;
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function* showTagKeys(scope: Scope, database: string, { store, nowUs }: ShowContext): Show {
  policiesOf(store, database);
  const keys = new Map<string, string[][]>();
  const all = measurementsOf(store, database, scope.sources);
  const tags = yield* tagsOf(all, scope, undefined, nowUs);
  for (const [name, values] of tags)
    keys.set(
      name,
      [...values.keys()].sort().map((key) => [key]),
    );
  return byMeasurement(keys, ['tagKey'], scope);
}

function* showTagValues(
  statement: Extract<ShowStatement, { kind: 'show-tag-values' }>,
  database: string,
  { store, nowUs }: ShowContext,
): Show {
  policiesOf(store, database);
  const rows = new Map<string, string[][]>();
  const all = measurementsOf(store, database, statement.sources);
  for (const [name, tags] of yield* tagsOf(all, statement, statement.keys, nowUs)) {
    const keys = [...tags.keys()].sort();
    const values = keys.flatMap((key) => [...(tags.get(key) ?? [])].sort().map((value) => [key, value]));
    rows.set(name, values);
    yield;
  }
  return byMeasurement(rows, ['key', 'value'], statement);
}

function showFieldKeys(scope: Scope, database: string, { store }: ShowContext): ResultSeries[] {
  const rows = new Map<string, string[][]>();
  for (const { measurement } of measurementsByPolicy(store, database, scope.sources)) {
    const fields = [...(rows.get(measurement.name) ?? []), ...measurement.fields];
    rows.set(measurement.name, distinct(fields));
  }
  return byMeasurement(rows, ['fieldKey', 'fieldType'], scope);
}

function distinct(rows: readonly (readonly string[])[]): string[][] {
  return [...new Set(rows.map((row) => JSON.stringify(row)))].sort().map((text): string[] => JSON.parse(text));
}

function* showSeries(scope: Scope, database: string, { store, nowUs }: ShowContext): Show {
  policiesOf(store, database);
  const keys = new Set<string>();
  const condition = lookingFor(scope.where, nowUs);
  // InfluxDB's index knows no times: to know them it reads a policy's shards.
  const isTimed = condition.from !== TIME_MIN || condition.to !== TIME_MAX;
  const all = (isTimed ? measurementsByPolicy : measurementsOf)(store, database, scope.sources);
  yield* eachSeries(all, condition, ({ key }) => keys.add(key));
  const values = paged([...keys].sort(), scope).map((key) => [key]);
  return values.length === 0 ? [] : [{ columns: ['key'], values }];
}
