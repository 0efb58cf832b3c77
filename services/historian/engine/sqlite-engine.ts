// The engine on one SQLite file: a row per sample, the catalogue in memory beside it. Rows cost more disk than compressed
// chunks would and are simple to trust; nothing outside this folder depends on them.

import type { Change, Policy, Scan, SeriesAddress, StoredMeasurement, StoredSeries } from '../influxql/store.ts';
import {
  type Catalogue,
  type CataloguedDatabase,
  type CataloguedMeasurement,
  type CataloguedPolicy,
  type CataloguedSeries,
  readCatalogue,
  removeSeries,
} from './catalogue.ts';
import type { Engine, WriteOutcome, WriteRequest } from './engine.ts';
import { samplePages } from './sample-pages.ts';
import { SampleWriter } from './sample-writer.ts';
import { SqliteFile } from './sqlite-file.ts';

/** Tracks looked through per step of expire(): some milliseconds. */
const TRACKS_PER_STEP = 100;

export class SqliteEngine implements Engine {
  readonly #file: SqliteFile;
  readonly #seriesMax: number;
  #catalogue: Catalogue;
  #problem: string | undefined;

  /** @throws where the folder cannot be written or the file is in use */
  constructor(folder: string, options: { readonly seriesMax: number }) {
    this.#file = new SqliteFile(folder);
    this.#seriesMax = options.seriesMax;
    this.#catalogue = readCatalogue(this.#file);
  }

  databases(): string[] {
    return [...this.#catalogue.keys()].sort();
  }

  policies(database: string): readonly Policy[] | undefined {
    const found = this.#catalogue.get(database);
    return found === undefined ? undefined : [...found.policies.values()];
  }

  *measurements(database: string, policy: string): Generator<StoredMeasurement> {
    const found = this.#catalogue.get(database)?.policies.get(policy)?.measurements.values() ?? [];
    for (const measurement of found) yield this.#stored(measurement);
  }

  measurement(database: string, policy: string, name: string): StoredMeasurement | undefined {
    const found = this.#catalogue.get(database)?.policies.get(policy)?.measurements.get(name);
    return found === undefined ? undefined : this.#stored(found);
  }

  #stored(measurement: CataloguedMeasurement): StoredMeasurement {
    const file = this.#file;
    const { name, fields, tagCounts } = measurement;
    const asStored = (series: CataloguedSeries): StoredSeries => {
      const pages = (field: string, scan: Scan) => {
        const track = series.tracks.get(field);
        const type = fields.get(field)?.type;
        return track === undefined || type === undefined ? [] : samplePages(file, track, type, scan);
      };
      return {
        key: series.key,
        tags: series.tags,
        hasField: (field) => series.tracks.has(field),
        pages,
        summed: pages,
      };
    };
    return {
      name,
      fields: new Map([...fields].map(([field, { type }]) => [field, type])),
      tagKeys: () => [...tagCounts.keys()].sort(),
      *series() {
        for (const series of measurement.series.values()) yield asStored(series);
      },
    };
  }

  write(requests: readonly WriteRequest[]): WriteOutcome[] {
    const outcomes = this.#change(() => {
      const writer = new SampleWriter(this.#file, this.#seriesMax);
      const taken = requests.map((request): WriteOutcome => {
        const database = this.#catalogue.get(request.database);
        if (database === undefined) return { kind: 'no-database', name: request.database };
        const policy = policyOf(database, request.policy);
        if (policy === undefined) return { kind: 'no-policy', name: request.policy ?? 'default' };
        return writer.take(database, policy, request);
      });
      writer.flush();
      return taken;
    });
    this.#problem = undefined;
    return outcomes;
  }

  /** A change of file and catalogue: where the file refuses, the catalogue is read anew, so that both say the same. */
  #change<T>(run: () => T): T {
    try {
      return this.#file.transaction(run);
    } catch (error) {
      this.#problem = `cannot write: ${error instanceof Error ? error.message : error}`;
      this.#catalogue = readCatalogue(this.#file);
      throw error;
    }
  }

  async change(change: Change): Promise<void> {
    switch (change.kind) {
      case 'create-database':
        return this.createDatabase(change.name, change.policy);
      case 'create-policy':
        return this.createPolicy(change.database, change.policy);
      case 'alter-policy':
        return this.alterPolicy(change.database, change.policy);
      case 'drop-policy':
        return this.#dropPolicy(change.database, change.name);
      case 'drop-database':
        return this.dropDatabase(change.name);
      case 'drop-measurement':
        return this.dropMeasurement(change.database, change.name);
      case 'drop-series':
        return this.#delete(change.database, change.series, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      case 'delete-samples':
        return this.#delete(change.database, change.series, change.from, change.to);
    }
  }

  #dropPolicy(name: string, policyName: string): void {
    this.#change(() => {
      const database = this.#catalogue.get(name);
      const policy = database?.policies.get(policyName);
      if (database === undefined || policy === undefined) return;
      for (const measurement of [...policy.measurements.values()]) this.#drop(database, policy, measurement);
      this.#file.change('DELETE FROM policy WHERE id = ?', policy.id);
      database.policies.delete(policyName);
    });
  }

  #delete(name: string, all: readonly SeriesAddress[], from: number, to: number): void {
    this.#change(() => {
      const database = this.#catalogue.get(name);
      for (const address of all) {
        const policy = database?.policies.get(address.policy);
        const measurement = policy?.measurements.get(address.measurement);
        const series = measurement?.series.get(address.key);
        if (database === undefined || policy === undefined || measurement === undefined || series === undefined)
          continue;
        const tracks = [...series.tracks.values()];
        const sql = 'DELETE FROM sample WHERE track_id = ? AND time >= ? AND time <= ?';
        for (const track of tracks) this.#file.change(sql, track, from, to);
        const isEmpty = (track: number) =>
          this.#file.rows('SELECT 1 FROM sample WHERE track_id = ? LIMIT 1', track).length === 0;
        if (!tracks.every(isEmpty)) continue;
        this.#forget(database, measurement, series);
        if (measurement.series.size === 0) this.#drop(database, policy, measurement);
      }
    });
  }

  createDatabase(name: string, policy: Policy): void {
    this.#change(() => {
      const id = this.#file.insert('INSERT INTO database (name) VALUES (?)', name);
      const database: CataloguedDatabase = { id, name, policies: new Map(), seriesCount: 0 };
      this.#catalogue.set(name, database);
      this.#insertPolicy(database, { ...policy, isDefault: true });
    });
  }

  createPolicy(name: string, policy: Policy): void {
    this.#change(() => {
      const database = this.#catalogue.get(name);
      if (database === undefined) return;
      this.#insertPolicy(database, { ...policy, isDefault: false });
      if (policy.isDefault) this.#makeDefault(database, policy.name);
    });
  }

  #insertPolicy(database: CataloguedDatabase, policy: Policy): void {
    const sql = 'INSERT INTO policy (database_id, name, duration_us, is_default) VALUES (?, ?, ?, ?)';
    const id = this.#file.insert(sql, database.id, policy.name, policy.durationUs, policy.isDefault ? 1 : 0);
    database.policies.set(policy.name, { ...policy, id, measurements: new Map() });
  }

  #makeDefault(database: CataloguedDatabase, name: string): void {
    this.#file.change('UPDATE policy SET is_default = (name = ?) WHERE database_id = ?', name, database.id);
    for (const policy of [...database.policies.values()]) {
      database.policies.set(policy.name, { ...policy, isDefault: policy.name === name });
    }
  }

  alterPolicy(name: string, policy: Policy): void {
    this.#change(() => {
      const database = this.#catalogue.get(name);
      const standing = database?.policies.get(policy.name);
      if (database === undefined || standing === undefined) return;
      this.#file.change('UPDATE policy SET duration_us = ? WHERE id = ?', policy.durationUs, standing.id);
      database.policies.set(policy.name, { ...standing, ...policy, isDefault: standing.isDefault });
      if (policy.isDefault) this.#makeDefault(database, policy.name);
    });
  }

  dropDatabase(name: string): void {
    this.#change(() => {
      const database = this.#catalogue.get(name);
      if (database === undefined) return;
      for (const policy of database.policies.values()) {
        for (const measurement of [...policy.measurements.values()]) this.#drop(database, policy, measurement);
      }
      this.#file.change('DELETE FROM policy WHERE database_id = ?', database.id);
      this.#file.change('DELETE FROM database WHERE id = ?', database.id);
      this.#catalogue.delete(name);
    });
  }

  dropMeasurement(name: string, measurement: string): void {
    this.#change(() => {
      const database = this.#catalogue.get(name);
      if (database === undefined) return;
      for (const policy of database.policies.values()) {
        const found = policy.measurements.get(measurement);
        if (found !== undefined) this.#drop(database, policy, found);
      }
    });
  }

  #drop(database: CataloguedDatabase, policy: CataloguedPolicy, measurement: CataloguedMeasurement): void {
    for (const series of [...measurement.series.values()]) {
      for (const track of series.tracks.values()) this.#file.change('DELETE FROM sample WHERE track_id = ?', track);
      this.#forget(database, measurement, series);
    }
    this.#file.change('DELETE FROM field WHERE measurement_id = ?', measurement.id);
    this.#file.change('DELETE FROM measurement WHERE id = ?', measurement.id);
    policy.measurements.delete(measurement.name);
  }

  #forget(database: CataloguedDatabase, measurement: CataloguedMeasurement, series: CataloguedSeries): void {
    this.#file.change('DELETE FROM track WHERE series_id = ?', series.id);
    this.#file.change('DELETE FROM series WHERE id = ?', series.id);
    removeSeries(measurement, series);
    database.seriesCount--;
  }

  *expire(nowUs: number): Generator<undefined, number> {
    let deleted = 0;
    for (const database of [...this.#catalogue.values()]) {
      for (const policy of [...database.policies.values()]) {
        if (policy.durationUs === 0) continue;
        for (const measurement of [...policy.measurements.values()]) {
          const all = [...measurement.series.values()];
          for (let at = 0; at < all.length; at += TRACKS_PER_STEP) {
            const series = all.slice(at, at + TRACKS_PER_STEP);
            deleted += this.#expireSeries(database, measurement, series, nowUs - policy.durationUs);
            yield;
          }
        }
      }
    }
    return deleted;
  }

  /** A series whose last sample goes is forgotten, so that devices long gone leave the catalogue too. */
  #expireSeries(
    database: CataloguedDatabase,
    measurement: CataloguedMeasurement,
    all: readonly CataloguedSeries[],
    oldestUs: number,
  ): number {
    return this.#change(() => {
      let deleted = 0;
      for (const series of all) {
        const tracks = [...series.tracks.values()];
        let gone = 0;
        for (const track of tracks) {
          gone += this.#file.change('DELETE FROM sample WHERE track_id = ? AND time < ?', track, oldestUs);
        }
        deleted += gone;
        const isEmpty = (track: number) =>
          this.#file.rows('SELECT 1 FROM sample WHERE track_id = ? LIMIT 1', track).length === 0;
        // Only where it is still the catalogue's own: a drop may have come between two steps.
        if (gone > 0 && tracks.every(isEmpty) && measurement.series.get(series.key) === series) {
          this.#forget(database, measurement, series);
        }
      }
      return deleted;
    });
  }

  problem(): string | undefined {
    return this.#problem;
  }

  bytes(): number {
    return this.#file.bytes();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

function policyOf(database: CataloguedDatabase, name: string | undefined): CataloguedPolicy | undefined {
  if (name !== undefined) return database.policies.get(name);
  for (const policy of database.policies.values()) if (policy.isDefault) return policy;
  return undefined;
}
