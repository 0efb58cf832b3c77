// The series of a measurement that a query takes, in the groups that it asks for, in the order of their tags' values.

import type { Expr } from './ast.ts';
import { foldTags } from './fold-tags.ts';
import type { Plan } from './plan.ts';
import type { StoredMeasurement, StoredSeries } from './store.ts';

export type Member = {
  readonly series: StoredSeries;
  /** What remains to be asked of every sample; undefined where the tags decided. */
  readonly filter: Expr | undefined;
};

export type TagSet = {
  /** Of the dimensions; absent tags are empty. Undefined where the query groups by none. */
  readonly tags: { readonly [key: string]: string } | undefined;
  readonly members: readonly Member[];
};

/** The tags that a query groups by on a measurement that has these tags, sorted. */
export function dimensionKeys(dimensions: Plan['dimensions'], tagKeys: readonly string[]): string[] {
  const keys = new Set<string>();
  for (const dimension of dimensions) {
    if (dimension.kind === 'tag') keys.add(dimension.name);
    else for (const key of tagKeys) if (dimension.kind === 'all' || dimension.matcher.matches(key)) keys.add(key);
  }
  return [...keys].sort();
}

/** Those that SLIMIT and SOFFSET let through, in the order of the query. */
export function tagSetsOf(plan: Plan, measurement: StoredMeasurement, keys: readonly string[]): TagSet[] {
  const groups = new Map<string, { values: string[]; members: Member[] }>();
  const fold = foldTags(plan.filter, measurement);
  for (const series of measurement.series()) {
    const folded = fold(series.tags);
    if (folded === false) continue;
    const values = keys.map((key) => series.tags.get(key) ?? '');
    const id = idOf(values);
    let group = groups.get(id);
    if (group === undefined) {
      group = { values, members: [] };
      groups.set(id, group);
    }
    group.members.push({ series, filter: folded === true ? undefined : folded });
  }
  const sets = page([...groups.values()], plan, keys)
    .sort((a, b) => compareValues(a.values, b.values))
    .map(({ values, members }) => ({
      tags: keys.length === 0 ? undefined : Object.fromEntries(keys.map((key, i) => [key, values[i] ?? ''])),
      members: members.sort((a, b) => (a.series.key < b.series.key ? -1 : 1)),
    }));
  return plan.descending ? sets.reverse() : sets;
}

/** Different for different values: each stands behind its length. */
function idOf(values: readonly string[]): string {
  let id = '';
  for (const value of values) id += `${value.length} ${value}`;
  return id;
}

/** Which sets those are: InfluxDB counts them by the names of the tags that they have, then by their values. */
function page<T extends { readonly values: readonly string[] }>(sets: T[], plan: Plan, keys: readonly string[]): T[] {
  const { seriesOffset, seriesLimit } = plan;
  if (seriesOffset === 0 && seriesLimit >= sets.length) return sets;
  const keyOf = ({ values }: T) => {
    const present = keys.filter((_, i) => values[i] !== '');
    return [...present, ...values.filter((value) => value !== '')].join('|');
  };
  const keyed = sets.map((set) => ({ key: keyOf(set), set })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return keyed.slice(seriesOffset, seriesOffset + seriesLimit).map(({ set }) => set);
}

function compareValues(a: readonly string[], b: readonly string[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? '';
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
