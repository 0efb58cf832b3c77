// Makes what is new: gives it a number, puts it into the catalogue, and keeps the entry until it is taken for the log.

import type { FieldType, Policy as PolicyOptions } from '../../influxql/store.ts';
import { fileUsOf } from '../shard/spans.ts';
import type { Catalogue, Database, Measurement, Policy, Removed, Series, Track } from './catalogue.ts';
import type { CatalogueChanges, Given } from './catalogue-file.ts';
import type { DropEntry, Entity, Entry, PolicyEntry } from './entry.ts';

export class Declare {
  readonly #catalogue: Catalogue;
  #given: Given;
  /** Made and not yet taken for the log. */
  #fresh: Entry[] = [];
  /** Not yet in the catalogue's file. */
  #entities: Entity[] = [];
  #removed: Removed[] = [];

  constructor(catalogue: Catalogue, given: Given) {
    this.#catalogue = catalogue;
    this.#given = given;
  }

  /** Tracks have numbers below this. */
  get tracksEnd(): number {
    return this.#given.track + 1;
  }

  /** Whether something of this number was ever made. */
  hasGiven(id: number): boolean {
    return id <= this.#given.id;
  }

  /** What the log has said already: nothing of it is fresh. */
  repeat(entry: Entry): Removed[] {
    if (entry.kind === 'track') this.#given = { ...this.#given, track: Math.max(this.#given.track, entry.id) };
    else if (entry.kind !== 'drop') this.#given = { ...this.#given, id: Math.max(this.#given.id, entry.id) };
    const removed = this.#catalogue.apply(entry);
    if (entry.kind === 'drop') this.#removed.push(...removed);
    else this.#entities.push(entry);
    return removed;
  }

  #make(entry: Entry): Removed[] {
    this.#fresh.push(entry);
    return this.repeat(entry);
  }

  #nextId(): number {
    return this.#given.id + 1;
  }

  database(name: string): Database {
    this.#make({ kind: 'database', id: this.#nextId(), name });
    return this.#catalogue.databases.get(name) as Database;
  }

  policy(database: Database, { shardDurationUs = WEEK_US, ...options }: PolicyOptions): Policy {
    const own = { id: this.#nextId(), database: database.id, fileUs: fileUsOf(shardDurationUs), shardDurationUs };
    this.#makePolicy(database, { kind: 'policy', ...own, ...options });
    return database.policies.get(options.name) as Policy;
  }

  /** What one file spans stays as it is. */
  alter({ database, entry }: Policy, { shardDurationUs = entry.shardDurationUs, ...options }: PolicyOptions): void {
    this.#makePolicy(database, { ...entry, ...options, shardDurationUs });
  }

  #makePolicy(database: Database, entry: PolicyEntry): void {
    // One is the default.
    for (const other of database.policies.values()) {
      const yields = entry.isDefault && other.entry.isDefault && other.entry.id !== entry.id;
      if (yields) this.#make({ ...other.entry, isDefault: false });
    }
    this.#make(entry);
  }

  measurement(policy: Policy, name: string): Measurement {
    this.#make({ kind: 'measurement', id: this.#nextId(), policy: policy.entry.id, name });
    return policy.measurements.get(name) as Measurement;
  }

  series(measurement: Measurement, key: string, tags: readonly (readonly [string, string])[]): Series {
    this.#make({ kind: 'series', id: this.#nextId(), measurement: measurement.id, key, tags });
    return measurement.series.get(key) as Series;
  }

  track(series: Series, field: { readonly name: string; readonly type: FieldType }): Track {
    const { measurement } = series;
    if (!measurement.fields.has(field.name)) {
      this.#make({ kind: 'field', id: this.#nextId(), measurement: measurement.id, ...field });
    }
    const of = measurement.fields.get(field.name)?.id ?? 0;
    this.#make({ kind: 'track', id: this.#given.track + 1, series: series.id, field: of });
    return series.tracks.get(field.name) as Track;
  }

  drop(of: DropEntry['of'], id: number): Removed[] {
    return this.#make({ kind: 'drop', of, id });
  }

  /** What was made since the last time, for the log and for whoever follows. */
  takeFresh(): Entry[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** What the catalogue's file does not have yet. */
  takeChanges(): CatalogueChanges {
    const changes = { entities: this.#entities, removed: this.#removed, given: this.#given };
    this.#entities = [];
    this.#removed = [];
    return changes;
  }
}

const WEEK_US = 604_800_000_000;
