// The series of a measurement that a query takes, in the groups that it asks for, in the order of their tags' values.

import type { Expr } from './ast.ts';
import { foldTags } from './condition.ts';
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

/** The tags that a query groups by on this measurement, sorted. */
export function dimensionKeys(plan: Plan, measurement: StoredMeasurement): string[] {
  const keys = new Set<string>();
  for (const dimension of plan.dimensions) {
    if (dimension.kind === 'tag') keys.add(dimension.name);
    else {
      for (const key of measurement.tagKeys()) {
        if (dimension.kind === 'all' || dimension.matcher.matches(key)) keys.add(key);
      }
    }
  }
  return [...keys].sort();
}

export function tagSetsOf(plan: Plan, measurement: StoredMeasurement, keys: readonly string[]): TagSet[] {
  const groups = new Map<string, { values: string[]; members: Member[] }>();
  for (const series of measurement.series()) {
    const folded = foldTags(plan.filter, measurement, series.tags);
    if (folded === false) continue;
    const values = keys.map((key) => series.tags.get(key) ?? '');
    const id = JSON.stringify(values);
    let group = groups.get(id);
    if (group === undefined) {
      group = { values, members: [] };
      groups.set(id, group);
    }
    group.members.push({ series, filter: folded === true ? undefined : folded });
  }
  return [...groups.values()]
    .sort((a, b) => compareValues(a.values, b.values))
    .map(({ values, members }) => ({
      tags: plan.dimensions.length === 0 ? undefined : Object.fromEntries(keys.map((key, i) => [key, values[i] ?? ''])),
      members: members.sort((a, b) => (a.series.key < b.series.key ? -1 : 1)),
    }));
}

function compareValues(a: readonly string[], b: readonly string[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? '';
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
