// Lines to rows, inside the engine's transaction: series and fields that are new are made, samples that do not fit are
// dropped with InfluxDB's reason, the rest is inserted in the order of the tree they go into.

import { escapeTag, type FieldValue, type Line } from '#domain/line-protocol.ts';
import {
  addSeries,
  type CataloguedDatabase,
  type CataloguedMeasurement,
  type CataloguedPolicy,
  type CataloguedSeries,
  newMeasurement,
  newSeries,
} from './catalogue.ts';
import type { WriteOutcome, WriteRequest } from './engine.ts';
import type { SqliteFile } from './sqlite-file.ts';

type Sample = { readonly track: number; readonly time: number; readonly value: number | string };

export class SampleWriter {
  readonly #file: SqliteFile;
  readonly #seriesMax: number;
  readonly #samples: Sample[] = [];

  constructor(file: SqliteFile, seriesMax: number) {
    this.#file = file;
    this.#seriesMax = seriesMax;
  }

  /** Takes a request's lines; they are stored by flush(). */
  take(database: CataloguedDatabase, policy: CataloguedPolicy, request: WriteRequest): WriteOutcome {
    const oldest = policy.durationUs === 0 ? Number.NEGATIVE_INFINITY : request.nowUs - policy.durationUs;
    let dropped = 0;
    let reason = '';
    for (const { line, timeUs } of request.lines) {
      const problem =
        timeUs < oldest ? 'points beyond retention policy' : this.#takeLine(database, policy, line, timeUs);
      if (problem === undefined) continue;
      dropped++;
      reason = problem;
    }
    const points = request.lines.length - dropped;
    return dropped === 0 ? { kind: 'stored', points } : { kind: 'partial', points, dropped, reason };
  }

  /** Why a line is dropped as a whole; undefined where it is taken. Nothing is made for a line that is dropped. */
  #takeLine(database: CataloguedDatabase, policy: CataloguedPolicy, line: Line, time: number): string | undefined {
    const measurement = policy.measurements.get(line.measurement);
    const fields = line.fields.filter(([name]) => name !== 'time');
    const problem = problemOf(line, fields, measurement);
    if (problem !== undefined) return problem;
    const key = seriesKey(line);
    const known = measurement?.series.get(key);
    if (known === undefined && database.seriesCount >= this.#seriesMax) {
      return `max-series-per-database limit exceeded: (${this.#seriesMax})`;
    }
    const owner = measurement ?? this.#makeMeasurement(policy, line.measurement);
    const series = known ?? this.#makeSeries(database, owner, key, line.tags);
    for (const [name, field] of fields) {
      const track = series.tracks.get(name) ?? this.#makeTrack(owner, series, name, field);
      this.#samples.push({ track, time, value: stored(field) });
    }
    return undefined;
  }

  #makeMeasurement(policy: CataloguedPolicy, name: string): CataloguedMeasurement {
    const id = this.#file.insert('INSERT INTO measurement (policy_id, name) VALUES (?, ?)', policy.id, name);
    const measurement = newMeasurement(id, name);
    policy.measurements.set(name, measurement);
    return measurement;
  }

  #makeSeries(
    database: CataloguedDatabase,
    measurement: CataloguedMeasurement,
    key: string,
    tags: Line['tags'],
  ): CataloguedSeries {
    const sql = 'INSERT INTO series (measurement_id, key, tags) VALUES (?, ?, ?)';
    const series = newSeries(this.#file.insert(sql, measurement.id, key, JSON.stringify(tags)), key, tags);
    addSeries(measurement, series);
    database.seriesCount++;
    return series;
  }

  #makeTrack(measurement: CataloguedMeasurement, series: CataloguedSeries, name: string, { type }: FieldValue): number {
    let field = measurement.fields.get(name);
    if (field === undefined) {
      const sql = 'INSERT INTO field (measurement_id, name, type) VALUES (?, ?, ?)';
      field = { id: this.#file.insert(sql, measurement.id, name, type), type };
      measurement.fields.set(name, field);
    }
    const track = this.#file.insert('INSERT INTO track (series_id, field_id) VALUES (?, ?)', series.id, field.id);
    series.tracks.set(name, track);
    return track;
  }

  /** Neighbours in the tree are inserted together: twice as fast as in the order of arrival. The sort is stable, so the last write wins. */
  flush(): void {
    this.#samples.sort((a, b) => a.track - b.track || a.time - b.time);
    const insert = this.#file.inserter('INSERT OR REPLACE INTO sample (track_id, time, value) VALUES (?, ?, ?)');
    for (const { track, time, value } of this.#samples) insert.run(track, time, value);
    this.#samples.length = 0;
  }
}

function problemOf(
  line: Line,
  fields: Line['fields'],
  measurement: CataloguedMeasurement | undefined,
): string | undefined {
  if (line.tags.some(([key]) => key === 'time')) {
    return `invalid tag key: input tag "time" on measurement "${line.measurement}" is invalid`;
  }
  if (fields.length === 0) {
    return `invalid field name: input field "time" on measurement "${line.measurement}" is invalid`;
  }
  let problem: string | undefined;
  const own = new Map<string, FieldValue['type']>();
  for (const [name, { type }] of fields) {
    const known = measurement?.fields.get(name)?.type ?? own.get(name);
    if (known === undefined) own.set(name, type);
    else if (known !== type) {
      problem = `field type conflict: input field "${name}" on measurement "${line.measurement}" is type ${type}, already exists as type ${known}`;
    }
  }
  return problem;
}

function seriesKey({ measurement, tags }: Line): string {
  let key = /[, ]/.test(measurement) ? measurement.replace(/[, ]/g, '\\$&') : measurement;
  const isSorted = tags.every(([name], i) => i === 0 || (tags[i - 1]?.[0] ?? '') < name);
  const sorted = isSorted ? tags : [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of sorted) key += `,${escapeTag(name)}=${escapeTag(value)}`;
  return key;
}

/** Integers that no double holds exactly are kept as digits; sample-pages.ts reads them back. */
function stored(field: FieldValue): number | string {
  switch (field.type) {
    case 'boolean':
      return field.value ? 1 : 0;
    case 'integer':
      return Number.isSafeInteger(Number(field.value)) ? Number(field.value) : String(field.value);
    default:
      return field.value;
  }
}
