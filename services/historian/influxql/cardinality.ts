// SHOW … CARDINALITY. What InfluxDB estimates is counted here: over all retention policies where the statement names
// nothing but a database, else, as exact counts do, over the default policy or the one that FROM names.

import type { Dimension, ShowStatement } from './ast.ts';
import type { ResultSeries } from './result.ts';
import { eachSeries, type InPolicy, lookingFor, measurementsByPolicy, measurementsOf } from './scope.ts';
import { paged, passes, type Show, type ShowContext } from './show-answer.ts';
import type { StoredSeries } from './store.ts';

type Statement = Extract<ShowStatement, { kind: 'show-cardinality' }>;

export function* showCardinality(statement: Statement, database: string, context: ShowContext): Show {
  const { store, nowUs } = context;
  if (isPlain(statement)) return yield* estimate(statement.of, measurementsOf(store, database, []));
  const all = measurementsByPolicy(store, database, statement.sources);
  const keys = dimensionKeys(statement.dimensions, all);
  const groups = new Map<string, Group>();
  yield* eachSeries(all, lookingFor(statement.where, nowUs), (series, of) => {
    const name = statement.of === 'measurement' ? '' : of.measurement.name;
    const tags = keys.map((key) => series.tags.get(key) ?? '');
    const id = JSON.stringify([name, ...tags]);
    let group = groups.get(id);
    if (group === undefined) {
      group = { name, tags, counted: new Set() };
      groups.set(id, group);
    }
    for (const item of counted(statement, series, of)) group.counted.add(item);
  });
  return answer(statement, keys, [...groups.values()]);
}

type Group = { readonly name: string; readonly tags: readonly string[]; readonly counted: Set<string> };

function isPlain({ of, isExact, sources, where, dimensions, limit, offset }: Statement): boolean {
  if (isExact || (of !== 'series' && of !== 'measurement')) return false;
  return sources.length === 0 && where === undefined && dimensions.length === 0 && limit === undefined && offset === 0;
}

function* estimate(of: Statement['of'], all: readonly InPolicy[]): Show {
  const found = new Set<string>();
  if (of === 'measurement') for (const { measurement } of all) found.add(measurement.name);
  else yield* eachSeries(all, lookingFor(undefined, 0), ({ key }) => found.add(key));
  return [{ columns: ['cardinality estimation'], values: [[found.size]] }];
}

function* counted({ of, keys }: Statement, series: StoredSeries, { measurement }: InPolicy): Generator<string> {
  if (of === 'series') yield series.key;
  else if (of === 'measurement') yield measurement.name;
  else if (of === 'tag-key') yield* series.tags.keys();
  else if (of === 'field-key') yield* measurement.fields.keys();
  else for (const [key, value] of series.tags) if (passes(keys, key)) yield JSON.stringify([key, value]);
}

function dimensionKeys(dimensions: readonly Dimension[], all: readonly InPolicy[]): string[] {
  const known = () => all.flatMap(({ measurement }) => measurement.tagKeys());
  const keys = dimensions.flatMap((dimension) => {
    if (dimension.kind === 'tag') return [dimension.name];
    if (dimension.kind === 'all') return known();
    return dimension.kind === 'matching' ? known().filter((key) => dimension.matcher.matches(key)) : [];
  });
  return [...new Set(keys)].sort();
}

function answer(statement: Statement, keys: readonly string[], groups: Group[]): ResultSeries[] {
  const order = ({ name, tags }: Group) => [name, ...tags].join('\0');
  return groups
    .filter(({ counted }) => counted.size > 0)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map(({ name, tags, counted }) => ({
      ...(name !== '' && { name }),
      ...(keys.length > 0 && { tags: Object.fromEntries(keys.map((key, i) => [key, tags[i] ?? ''])) }),
      columns: ['count'],
      values: paged([[counted.size]], statement),
    }))
    .filter(({ values }) => values.length > 0);
}
