// What exists, in memory: databases, policies, measurements, fields with their types, series with their tags. Changed by
// entries only, so that every thread that is given the same entries knows the same. The samples are not here.

import type { FieldType } from '../../influxql/store.ts';
import type {
  DatabaseEntry,
  DropEntry,
  Entity,
  Entry,
  FieldEntry,
  Id,
  Kind,
  MeasurementEntry,
  PolicyEntry,
  SeriesEntry,
  TrackEntry,
  TrackId,
} from './entry.ts';

export type { TrackId } from './entry.ts';

export type Database = {
  readonly id: Id;
  readonly name: string;
  readonly policies: Map<string, Policy>;
  seriesCount: number;
};

export type Policy = {
  entry: PolicyEntry;
  readonly database: Database;
  readonly measurements: Map<string, Measurement>;
};

export type Field = { readonly id: Id; readonly name: string; readonly type: FieldType };

export type Measurement = {
  readonly id: Id;
  readonly name: string;
  readonly policy: Policy;
  readonly fields: Map<string, Field>;
  readonly series: Map<string, Series>;
  /** Of all series, with the number of series that have the tag. */
  readonly tagCounts: Map<string, number>;
};

export type Series = {
  readonly id: Id;
  readonly key: string;
  readonly measurement: Measurement;
  readonly tags: ReadonlyMap<string, string>;
  readonly tracks: Map<string, Track>;
};

export type Track = { readonly id: TrackId; readonly series: Series; readonly field: Field };

export type Removed = { readonly kind: Kind; readonly id: Id; readonly policy: Id | undefined };

export class Catalogue {
  readonly databases = new Map<string, Database>();
  readonly #databases = new Map<Id, Database>();
  readonly #policies = new Map<Id, Policy>();
  readonly #measurements = new Map<Id, Measurement>();
  readonly #fields = new Map<Id, Field>();
  readonly #series = new Map<Id, Series>();
  readonly #tracks = new Map<TrackId, Track>();

  policies(): Iterable<Policy> {
    return this.#policies.values();
  }

  policy(id: Id): Policy | undefined {
    return this.#policies.get(id);
  }

  track(id: TrackId): Track | undefined {
    return this.#tracks.get(id);
  }

  trackIds(): Iterable<TrackId> {
    return this.#tracks.keys();
  }

  /**
   * What is no more, with everything that belonged to it. An entry that is there already, or whose owner is not, changes
   * nothing; nor does one whose name a later one bears, which the log tells again: it was dropped before that was made.
   */
  apply(entry: Entry): Removed[] {
    if (entry.kind === 'drop') return this.#drop(entry);
    this.#add(entry);
    return [];
  }

  #add(entity: Entity): void {
    if (entity.kind === 'database') this.#addDatabase(entity);
    else if (entity.kind === 'policy') this.#addPolicy(entity);
    else if (entity.kind === 'measurement') this.#addMeasurement(entity);
    else if (entity.kind === 'field') this.#addField(entity);
    else if (entity.kind === 'series') this.#addSeries(entity);
    else this.#addTrack(entity);
  }

  #addDatabase({ id, name }: DatabaseEntry): void {
    if (isLater(this.databases.get(name), id)) return;
    const database: Database = { id, name, policies: new Map(), seriesCount: 0 };
    this.#databases.set(id, database);
    this.databases.set(name, database);
  }

  #addPolicy(entry: PolicyEntry): void {
    const known = this.#policies.get(entry.id);
    const database = known?.database ?? this.#databases.get(entry.database);
    if (database === undefined) return;
    if (known !== undefined) known.entry = entry;
    else if (!isLater(database.policies.get(entry.name)?.entry, entry.id)) {
      const policy: Policy = { entry, database, measurements: new Map() };
      this.#policies.set(entry.id, policy);
      database.policies.set(entry.name, policy);
    }
  }

  #addMeasurement({ id, name, policy: owner }: MeasurementEntry): void {
    const policy = this.#policies.get(owner);
    if (policy === undefined || isLater(policy.measurements.get(name), id)) return;
    const measurement: Measurement = {
      ...{ id, name, policy },
      ...{ fields: new Map(), series: new Map(), tagCounts: new Map() },
    };
    this.#measurements.set(id, measurement);
    policy.measurements.set(name, measurement);
  }

  #addField({ id, name, type, measurement: owner }: FieldEntry): void {
    const measurement = this.#measurements.get(owner);
    if (measurement === undefined || this.#fields.has(id)) return;
    const field = { id, name, type };
    this.#fields.set(id, field);
    measurement.fields.set(name, field);
  }

  #addSeries({ id, key, tags, measurement: owner }: SeriesEntry): void {
    const measurement = this.#measurements.get(owner);
    if (measurement === undefined || isLater(measurement.series.get(key), id)) return;
    const series: Series = { id, key, measurement, tags: new Map(tags), tracks: new Map() };
    this.#series.set(id, series);
    measurement.series.set(key, series);
    measurement.policy.database.seriesCount++;
    for (const name of series.tags.keys()) {
      measurement.tagCounts.set(name, (measurement.tagCounts.get(name) ?? 0) + 1);
    }
  }

  #addTrack({ id, series: owner, field: of }: TrackEntry): void {
    const series = this.#series.get(owner);
    const field = this.#fields.get(of);
    if (series === undefined || field === undefined || this.#tracks.has(id)) return;
    const track: Track = { id, series, field };
    this.#tracks.set(id, track);
    series.tracks.set(field.name, track);
  }

  #drop({ of, id }: DropEntry): Removed[] {
    const removed: Removed[] = [];
    switch (of) {
      case 'database':
        this.#dropDatabase(this.#databases.get(id), removed);
        break;
      case 'policy':
        this.#dropPolicy(this.#policies.get(id), removed);
        break;
      case 'measurement':
        this.#dropMeasurement(this.#measurements.get(id), removed);
        break;
      case 'series':
        this.#dropSeries(this.#series.get(id), removed);
    }
    return removed;
  }

  #dropDatabase(database: Database | undefined, removed: Removed[]): void {
    if (database === undefined) return;
    for (const policy of [...database.policies.values()]) this.#dropPolicy(policy, removed);
    this.#databases.delete(database.id);
    this.databases.delete(database.name);
    removed.push({ kind: 'database', id: database.id, policy: undefined });
  }

  #dropPolicy(policy: Policy | undefined, removed: Removed[]): void {
    if (policy === undefined) return;
    for (const measurement of [...policy.measurements.values()]) this.#dropMeasurement(measurement, removed);
    this.#policies.delete(policy.entry.id);
    policy.database.policies.delete(policy.entry.name);
    removed.push({ kind: 'policy', id: policy.entry.id, policy: policy.entry.id });
  }

  #dropMeasurement(measurement: Measurement | undefined, removed: Removed[]): void {
    if (measurement === undefined) return;
    const policy = measurement.policy.entry.id;
    for (const series of [...measurement.series.values()]) this.#forgetSeries(series, removed);
    for (const { id } of measurement.fields.values()) {
      this.#fields.delete(id);
      removed.push({ kind: 'field', id, policy });
    }
    this.#measurements.delete(measurement.id);
    measurement.policy.measurements.delete(measurement.name);
    removed.push({ kind: 'measurement', id: measurement.id, policy });
  }

  /** A measurement whose last series goes is no more. */
  #dropSeries(series: Series | undefined, removed: Removed[]): void {
    if (series === undefined) return;
    this.#forgetSeries(series, removed);
    if (series.measurement.series.size === 0) this.#dropMeasurement(series.measurement, removed);
  }

  #forgetSeries(series: Series, removed: Removed[]): void {
    const { measurement } = series;
    const policy = measurement.policy.entry.id;
    for (const { id } of series.tracks.values()) {
      this.#tracks.delete(id);
      removed.push({ kind: 'track', id, policy });
    }
    this.#series.delete(series.id);
    measurement.series.delete(series.key);
    measurement.policy.database.seriesCount--;
    for (const name of series.tags.keys()) {
      const count = (measurement.tagCounts.get(name) ?? 0) - 1;
      if (count > 0) measurement.tagCounts.set(name, count);
      else measurement.tagCounts.delete(name);
    }
    removed.push({ kind: 'series', id: series.id, policy });
  }

  /** Everything, as entries that make the same again, in an order in which they can be applied. */
  *entries(): Generator<Entity> {
    for (const { id, name } of this.#databases.values()) yield { kind: 'database', id, name };
    for (const { entry } of this.#policies.values()) yield entry;
    for (const { id, name, policy } of this.#measurements.values()) {
      yield { kind: 'measurement', id, name, policy: policy.entry.id };
    }
    for (const measurement of this.#measurements.values()) {
      for (const field of measurement.fields.values()) yield { kind: 'field', ...field, measurement: measurement.id };
    }
    for (const { id, key, tags, measurement } of this.#series.values()) {
      yield { kind: 'series', id, key, tags: [...tags], measurement: measurement.id };
    }
    for (const { id, series, field } of this.#tracks.values()) {
      yield { kind: 'track', id, series: series.id, field: field.id };
    }
  }
}

/** Whether somebody has the name already; numbers are given in order. */
function isLater(known: { readonly id: Id } | undefined, id: Id): boolean {
  return known !== undefined && known.id >= id;
}
