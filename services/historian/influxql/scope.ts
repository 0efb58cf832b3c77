// What a SHOW or a DELETE looks at: measurements by name and policy, and their series by tags and time.

import type { Expr, Measurement } from './ast.ts';
import { type Condition, splitCondition } from './condition.ts';
import { foldTags } from './fold-tags.ts';
import { shardDurationUs } from './policy.ts';
import { QueryError } from './query-error.ts';
import { type Policy, type Store, type StoredMeasurement, type StoredSeries, TIME_MAX, TIME_MIN } from './store.ts';
import { UTC } from './time-text.ts';

/** Looked at per turn: about a millisecond. */
export const SERIES_PER_TURN = 1_024;

export type InPolicy = { readonly policy: Policy; readonly measurement: StoredMeasurement };

export function policiesOf(store: Store, database: string): readonly Policy[] {
  const policies = store.policies(database);
  if (policies === undefined) throw new QueryError(`database not found: ${database}`);
  return policies;
}

/** Of all retention policies, sorted by name: InfluxDB's index knows databases and no policies. */
export function measurementsOf(store: Store, database: string, sources: readonly Measurement[]): InPolicy[] {
  const all = (store.policies(database) ?? []).flatMap((policy) =>
    [...store.measurements(database, policy.name)].map((measurement) => ({ policy, measurement })),
  );
  return sorted(all.filter(({ measurement }) => sources.length === 0 || sources.some(names(measurement.name))));
}

/** Of the policies that the sources name, of the default policy where they name none. */
export function measurementsByPolicy(store: Store, database: string, sources: readonly Measurement[]): InPolicy[] {
  const policies = policiesOf(store, database);
  const everything: Pick<Measurement, 'policy' | 'name'>[] = [{ policy: undefined, name: { matcher: ANY } }];
  const found = new Set<StoredMeasurement>();
  return sorted(
    (sources.length === 0 ? everything : sources).flatMap((source) => {
      const policy = policies.find(({ name, isDefault }) => (source.policy ? source.policy === name : isDefault));
      if (policy === undefined) throw new QueryError(`retention policy not found: ${source.policy ?? 'default'}`);
      return [...store.measurements(database, policy.name)]
        .filter((measurement) => names(measurement.name)(source) && !found.has(measurement) && found.add(measurement))
        .map((measurement) => ({ policy, measurement }));
    }),
  );
}

const ANY = { source: '', literals: undefined, matches: () => true };

const names = (name: string) => (source: Pick<Measurement, 'name'>) =>
  typeof source.name === 'string' ? source.name === name : source.name.matcher.matches(name);

function sorted(all: InPolicy[]): InPolicy[] {
  return all.sort((a, b) => (a.measurement.name < b.measurement.name ? -1 : 1));
}

const COMPARABLE = ['AND', 'OR', '=', '!=', '=~', '!~'];

export function lookingFor(where: Expr | undefined, nowUs: number): Condition {
  const condition = splitCondition(where, { nowUs, zone: UTC });
  const check = (expr: Expr | undefined): void => {
    if (expr?.kind !== 'binary') return;
    if (!COMPARABLE.includes(expr.op)) throw new QueryError('invalid tag comparison operator');
    check(expr.left);
    check(expr.right);
  };
  check(condition.filter);
  return condition;
}

/** Yields between pieces of work, and calls `onSeries` for each series that the condition lets pass. */
export function* eachSeries(
  all: readonly InPolicy[],
  condition: Condition,
  onSeries: (series: StoredSeries, of: InPolicy) => void,
): Generator<undefined> {
  let seen = 0;
  for (const of of all) {
    const range = shardsAround(condition, of.policy);
    const fold = foldTags(condition.filter, of.measurement);
    for (const series of of.measurement.series()) {
      if (++seen % SERIES_PER_TURN === 0) yield;
      // A condition on fields cannot be decided by the catalogue: it then rules nothing out.
      if (fold(series.tags) === false) continue;
      if (range === undefined || holdsAny(series, of.measurement, range)) onSeries(series, of);
    }
  }
}

type Range = { readonly from: number; readonly to: number };

/** The Monday of the first week of all, from which InfluxDB counts its shards. */
const YEAR_ONE_S = -62_135_596_800;

/** InfluxDB answers by whole shards: what a shard that touches the range holds counts. Undefined for all of time. */
function shardsAround({ from, to }: Range, policy: Policy): Range | undefined {
  if (from === TIME_MIN && to === TIME_MAX) return undefined;
  const shardUs = shardDurationUs(policy);
  const shift = (YEAR_ONE_S % (shardUs / 1_000_000)) * 1_000_000;
  const startOf = (us: number) => Math.floor((us - shift) / shardUs) * shardUs + shift;
  return { from: from === TIME_MIN ? from : startOf(from), to: to === TIME_MAX ? to : startOf(to) + shardUs - 1 };
}

function holdsAny(series: StoredSeries, { fields }: StoredMeasurement, range: Range): boolean {
  for (const field of fields.keys()) {
    if (!series.hasField(field)) continue;
    for (const _ of series.pages(field, { ...range, descending: false, expected: 1 })) return true;
  }
  return false;
}
