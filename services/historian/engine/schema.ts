// Changes of what exists, as entries of the catalogue. What names nothing changes nothing.

import type { Change, SeriesAddress } from '../influxql/store.ts';
import type { Catalogue, Database, Removed, Series } from './catalogue/catalogue.ts';
import type { Declare } from './catalogue/declare.ts';

export type SchemaChange = Exclude<Change, { kind: 'delete-samples' }>;

/** What is no more by it. */
export function declareChange(change: SchemaChange, catalogue: Catalogue, declare: Declare): Removed[] {
  const database = catalogue.databases.get('database' in change ? change.database : change.name);
  if (change.kind === 'create-database') {
    if (database === undefined) declare.policy(declare.database(change.name), { ...change.policy, isDefault: true });
    return [];
  }
  return database === undefined ? [] : declareIn(database, change, declare);
}

function declareIn(
  database: Database,
  change: Exclude<SchemaChange, { kind: 'create-database' }>,
  declare: Declare,
): Removed[] {
  const { policies } = database;
  switch (change.kind) {
    case 'create-policy':
      if (!policies.has(change.policy.name)) declare.policy(database, change.policy);
      return [];
    case 'alter-policy': {
      const policy = policies.get(change.policy.name);
      if (policy !== undefined) declare.alter(policy, change.policy);
      return [];
    }
    case 'drop-policy': {
      const policy = policies.get(change.name);
      return policy === undefined ? [] : declare.drop('policy', policy.entry.id);
    }
    case 'drop-database':
      return declare.drop('database', database.id);
    case 'drop-measurement':
      return [...policies.values()].flatMap(({ measurements }) => {
        const measurement = measurements.get(change.name);
        return measurement === undefined ? [] : declare.drop('measurement', measurement.id);
      });
    case 'drop-series':
      return seriesAt(database, change.series).flatMap(({ id }) => declare.drop('series', id));
  }
}

export function seriesAt(database: Database, addresses: readonly SeriesAddress[]): Series[] {
  return addresses.flatMap(({ policy, measurement, key }) => {
    const series = database.policies.get(policy)?.measurements.get(measurement)?.series.get(key);
    return series === undefined ? [] : [series];
  });
}
