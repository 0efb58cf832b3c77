// Which series and tracks the bytes of a line mean: measurement and tags as they were written, looked up as one text. What is
// new is declared; what does not fit gets InfluxDB's reason.

import { escapeTag, type FieldValue, type Line } from '#domain/line-protocol.ts';
import type { Measurement, Policy, Series, Track } from '../catalogue/catalogue.ts';
import type { Declare } from '../catalogue/declare.ts';
import { TRACKS_MAX } from '../shard/shard-file.ts';

export type KnownSeries = {
  readonly series: Series;
  /** By the field's name as its bytes say it. */
  readonly tracks: Map<string, Track>;
};

/** Ways of writing a series, over all series of a policy: the order of tags is the writer's. */
const WAYS_PER_SERIES = 4;
const WAYS_MIN = 10_000;

export class KnownSeriesTable {
  readonly policy: Policy;
  readonly #declare: Declare;
  readonly #seriesMax: number;
  readonly #byText = new Map<string, KnownSeries>();
  readonly #bySeries = new Map<Series, KnownSeries>();

  constructor(policy: Policy, declare: Declare, seriesMax: number) {
    this.policy = policy;
    this.#declare = declare;
    this.#seriesMax = seriesMax;
  }

  find(text: string): KnownSeries | undefined {
    return this.#byText.get(text);
  }

  /** The tracks of a line's fields, made where they are new; or why the line is dropped: nothing is made for it then. */
  resolve(line: Line, fields: Line['fields'], text: string): KnownSeries | string {
    const measurement = this.policy.measurements.get(line.measurement);
    const problem = problemOf(line, fields, measurement);
    if (problem !== undefined) return problem;
    const key = seriesKey(line);
    const standing = measurement?.series.get(key);
    if (standing === undefined && this.policy.database.seriesCount >= this.#seriesMax) {
      return `max-series-per-database limit exceeded: (${this.#seriesMax})`;
    }
    const isNew = fields.some(([name]) => standing?.tracks.has(name) !== true);
    if (isNew && this.#declare.tracksEnd + fields.length > TRACKS_MAX) {
      return `max-fields-of-series limit exceeded: (${TRACKS_MAX}); export the store and import it into a new one`;
    }
    const owner = measurement ?? this.#declare.measurement(this.policy, line.measurement);
    const series = standing ?? this.#declare.series(owner, key, sortedTags(line.tags));
    const known = this.#bySeries.get(series) ?? { series, tracks: new Map() };
    for (const [name, { type }] of fields) {
      const track = series.tracks.get(name) ?? this.#declare.track(series, { name, type });
      known.tracks.set(Buffer.from(name, 'utf8').toString('latin1'), track);
    }
    this.#remember(text, known);
    return known;
  }

  #remember(text: string, known: KnownSeries): void {
    if (this.#byText.size > Math.max(WAYS_MIN, WAYS_PER_SERIES * this.#bySeries.size)) this.#byText.clear();
    this.#byText.set(text, known);
    this.#bySeries.set(known.series, known);
  }
}

function problemOf(line: Line, fields: Line['fields'], measurement: Measurement | undefined): string | undefined {
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

function sortedTags(tags: Line['tags']): Line['tags'] {
  const isSorted = tags.every(([name], i) => i === 0 || (tags[i - 1]?.[0] ?? '') < name);
  return isSorted ? tags : [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
}

function seriesKey({ measurement, tags }: Line): string {
  let key = /[, ]/.test(measurement) ? measurement.replace(/[, ]/g, '\\$&') : measurement;
  for (const [name, value] of sortedTags(tags)) key += `,${escapeTag(name)}=${escapeTag(value)}`;
  return key;
}
