// The measurements that a FROM names, those of one name from several places as one.

import type { Measurement } from './ast.ts';
import type { Known } from './columns.ts';
import { QueryError } from './query-error.ts';
import type { FieldType, Policy, Store, StoredMeasurement } from './store.ts';
import { type InnerMeasurement, tagColumnsOf } from './subquery.ts';

export type Place = {
  readonly store: Store;
  readonly database: string | undefined;
  readonly policy: string | undefined;
};

/** None where they do not exist. @throws QueryError where the database or policy does not */
export function resolve(source: Measurement, place: Place): StoredMeasurement[] {
  const { store } = place;
  const database = source.database ?? place.database;
  if (database === undefined || database === '') throw new QueryError('database name required');
  const policies = store.policies(database);
  if (policies === undefined) throw new QueryError(`database not found: ${database}`);
  const policy = policyOf(policies, source.policy ?? place.policy);
  if (typeof source.name === 'string') {
    const measurement = store.measurement(database, policy.name, source.name);
    return measurement === undefined ? [] : [measurement];
  }
  const { matcher } = source.name;
  return [...store.measurements(database, policy.name)].filter(({ name }) => matcher.matches(name));
}

function policyOf(policies: readonly Policy[], wanted: string | undefined): Policy {
  const found = policies.find(({ name, isDefault }) => (wanted === undefined ? isDefault : name === wanted));
  if (found === undefined) throw new QueryError(`retention policy not found: ${wanted ?? 'default'}`);
  return found;
}

/**
 * Sorted by name, each name once. What one of them has as a field is a field in all of them: a query means the same by a
 * name wherever it looks.
 */
export function merged(found: readonly StoredMeasurement[]): (StoredMeasurement | InnerMeasurement)[] {
  if (found.length < 2) return [...found];
  const { fields, tagColumns } = knownOf(found);
  return [...Map.groupBy(found, ({ name }) => name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => ({
      name,
      fields,
      tagColumns,
      tagKeys: knownOf(all).tagKeys,
      series: () => all.flatMap((each) => [...each.series()]),
    }));
}

/** Of a field that has several types the first of these counts. */
const PRECEDENCE: readonly FieldType[] = ['float', 'integer', 'string', 'boolean'];

/** The fields and tags of all measurements together. */
export function knownOf(measurements: readonly StoredMeasurement[]): Known {
  const fields = new Map<string, FieldType>();
  for (const measurement of measurements) {
    for (const [name, type] of measurement.fields) {
      const known = fields.get(name);
      if (known === undefined || PRECEDENCE.indexOf(type) < PRECEDENCE.indexOf(known)) fields.set(name, type);
    }
  }
  const tagKeys = [...new Set(measurements.flatMap((measurement) => measurement.tagKeys()))].sort();
  const tagColumns = new Set(measurements.flatMap((measurement) => [...tagColumnsOf(measurement)]));
  return { fields, tagKeys: () => tagKeys, tagColumns };
}
