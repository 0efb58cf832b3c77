// One series as queries see it. A query meets every series of a measurement, and reads few of them: nothing is made ready here.

import type { Page, Scan, StoredSeries, Summary } from '../../influxql/store.ts';
import type { Series } from '../catalogue/catalogue.ts';
import type { Generation } from '../head/generation.ts';
import type { Chunk } from '../shard/shard-file.ts';
import type { Spans } from './spans.ts';
import { TrackReader } from './track-reader.ts';

export type ReadParts = {
  readonly generations: readonly Generation[];
  readonly spans: Spans;
  /** See ReadStore. */
  readonly onDamage: ((place: string, why: string) => void) | undefined;
};

export class ReadSeries implements StoredSeries {
  readonly #series: Series;
  readonly #parts: ReadParts;

  constructor(series: Series, parts: ReadParts) {
    this.#series = series;
    this.#parts = parts;
  }

  get key(): string {
    return this.#series.key;
  }

  get tags(): ReadonlyMap<string, string> {
    return this.#series.tags;
  }

  hasField(field: string): boolean {
    return this.#series.tracks.has(field);
  }

  pages(field: string, scan: Scan): Iterable<Page> {
    return this.#reader(field)?.pages(scan) ?? [];
  }

  summed(field: string, scan: Scan, takes: (firstAt: number, lastAt: number) => boolean): Iterable<Page | Summary> {
    return this.#reader(field)?.summed(scan, takes) ?? [];
  }

  #reader(field: string): TrackReader | undefined {
    const { key, tracks, measurement } = this.#series;
    const track = tracks.get(field);
    if (track === undefined) return undefined;
    const { id, fileUs } = measurement.policy.entry;
    const of = { id: track.id, type: track.field.type, policy: id, fileUs };
    const { onDamage: tell, ...parts } = this.#parts;
    const onDamage = tell && ((chunk: Chunk, why: string) => tell(placeOf(key, field, chunk), why));
    return new TrackReader(of, { ...parts, onDamage });
  }
}

/** A chunk as a person can find it. */
export function placeOf(series: string, field: string, { firstAt, lastAt }: Pick<Chunk, 'firstAt' | 'lastAt'>): string {
  const moment = (us: number) => new Date(us / 1_000).toISOString();
  return `${JSON.stringify(`${series} ${field}`)} from ${moment(firstAt)} to ${moment(lastAt)}`;
}
