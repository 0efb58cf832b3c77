// What exists, in memory: databases, policies, measurements, fields with their types, series with their tags. Read from the
// file once, and changed together with it; the samples themselves are never kept here.

import type { FieldType, Policy } from '../influxql/store.ts';
import type { SqliteFile } from './sqlite-file.ts';

export type CataloguedField = { readonly id: number; readonly type: FieldType };

export type CataloguedSeries = {
  readonly id: number;
  readonly key: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Field to track. */
  readonly tracks: Map<string, number>;
};

export type CataloguedMeasurement = {
  readonly id: number;
  readonly name: string;
  readonly fields: Map<string, CataloguedField>;
  readonly series: Map<string, CataloguedSeries>;
  /** Of all series, with the number of series that have the tag. */
  readonly tagCounts: Map<string, number>;
};

export type CataloguedPolicy = Policy & {
  readonly id: number;
  readonly measurements: Map<string, CataloguedMeasurement>;
};

export type CataloguedDatabase = {
  readonly id: number;
  readonly name: string;
  readonly policies: Map<string, CataloguedPolicy>;
  seriesCount: number;
};

export type Catalogue = Map<string, CataloguedDatabase>;

export function readCatalogue(file: SqliteFile): Catalogue {
  const databases = new Map<number, CataloguedDatabase>();
  for (const [id, name] of file.rows('SELECT id, name FROM database')) {
    databases.set(Number(id), { id: Number(id), name: String(name), policies: new Map(), seriesCount: 0 });
  }
  const policies = new Map<number, CataloguedPolicy>();
  const policySql = 'SELECT id, database_id, name, duration_us, is_default FROM policy ORDER BY id';
  for (const [id, database, name, durationUs, isDefault] of file.rows(policySql)) {
    const policy: CataloguedPolicy = {
      id: Number(id),
      name: String(name),
      durationUs: Number(durationUs),
      isDefault: isDefault === 1,
      measurements: new Map(),
    };
    policies.set(policy.id, policy);
    databases.get(Number(database))?.policies.set(policy.name, policy);
  }
  const measurements = new Map<number, CataloguedMeasurement>();
  for (const [id, policy, name] of file.rows('SELECT id, policy_id, name FROM measurement')) {
    const measurement = newMeasurement(Number(id), String(name));
    measurements.set(measurement.id, measurement);
    policies.get(Number(policy))?.measurements.set(measurement.name, measurement);
  }
  readSeries(file, measurements);
  for (const database of databases.values()) {
    for (const policy of database.policies.values()) {
      for (const { series } of policy.measurements.values()) database.seriesCount += series.size;
    }
  }
  return new Map([...databases.values()].map((database) => [database.name, database]));
}

function readSeries(file: SqliteFile, measurements: ReadonlyMap<number, CataloguedMeasurement>): void {
  const fieldNames = new Map<number, string>();
  for (const [id, measurement, name, type] of file.rows('SELECT id, measurement_id, name, type FROM field')) {
    fieldNames.set(Number(id), String(name));
    measurements.get(Number(measurement))?.fields.set(String(name), { id: Number(id), type: type as FieldType });
  }
  const series = new Map<number, CataloguedSeries>();
  for (const [id, measurement, key, tags] of file.rows('SELECT id, measurement_id, key, tags FROM series')) {
    const one = newSeries(Number(id), String(key), JSON.parse(String(tags)));
    series.set(one.id, one);
    const owner = measurements.get(Number(measurement));
    if (owner !== undefined) addSeries(owner, one);
  }
  for (const [id, owner, field] of file.rows('SELECT id, series_id, field_id FROM track')) {
    series.get(Number(owner))?.tracks.set(fieldNames.get(Number(field)) ?? '', Number(id));
  }
}

export function newMeasurement(id: number, name: string): CataloguedMeasurement {
  return { id, name, fields: new Map(), series: new Map(), tagCounts: new Map() };
}

export function newSeries(id: number, key: string, tags: readonly (readonly [string, string])[]): CataloguedSeries {
  return { id, key, tags: new Map(tags), tracks: new Map() };
}

export function addSeries(measurement: CataloguedMeasurement, series: CataloguedSeries): void {
  measurement.series.set(series.key, series);
  for (const key of series.tags.keys()) measurement.tagCounts.set(key, (measurement.tagCounts.get(key) ?? 0) + 1);
}

export function removeSeries(measurement: CataloguedMeasurement, series: CataloguedSeries): void {
  if (!measurement.series.delete(series.key)) return;
  for (const key of series.tags.keys()) {
    const count = (measurement.tagCounts.get(key) ?? 0) - 1;
    if (count > 0) measurement.tagCounts.set(key, count);
    else measurement.tagCounts.delete(key);
  }
}
