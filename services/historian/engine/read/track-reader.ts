// One track, from chunks and memory together, in either direction, a chunk at a time. Memory was written later, so it wins;
// what is in both is the same.

import type { Page, Scan, Summary } from '../../influxql/store.ts';
import { DamagedBytesError } from '../chunk/byte-reader.ts';
import type { Generation } from '../head/generation.ts';
import { readTrack, valueAt } from '../head/read-track.ts';
import { EMPTY, lowerBound, merge, pack, slice, upperBound } from '../head/runs.ts';
import type { SealedTrack } from '../seal/sealer.ts';
import type { Sample } from '../shard/newest-samples.ts';
import type { Chunk, ChunkRange, ShardFile } from '../shard/shard-file.ts';
import type { Spans } from './spans.ts';

type Takes = (firstAt: number, lastAt: number) => boolean;

/** Told of a chunk that cannot be decoded; without one, reading it throws. */
export type OnDamage = (chunk: Chunk, why: string) => void;

/** A run from memory may be long; nobody is handed more at once. */
const PAGE_MAX = 8_192;

export class TrackReader {
  readonly #track: SealedTrack;
  readonly #generations: readonly Generation[];
  readonly #spans: Spans;
  readonly #onDamage: OnDamage | undefined;

  constructor(
    track: SealedTrack,
    {
      generations,
      spans,
      onDamage,
    }: {
      readonly generations: readonly Generation[];
      readonly spans: Spans;
      readonly onDamage?: OnDamage | undefined;
    },
  ) {
    this.#track = track;
    this.#generations = generations;
    this.#spans = spans;
    this.#onDamage = onDamage;
  }

  pages(scan: Scan): Generator<Page> {
    const takesNone = () => false;
    return gradually(this.summed(scan, takesNone) as Generator<Page>, scan.expected);
  }

  *summed(scan: Scan, takes: Takes): Generator<Page | Summary> {
    if (scan.descending) yield* this.#descending(scan);
    else yield* this.#ascending(scan, takes);
  }

  *#ascending({ from, to }: Scan, takes: Takes): Generator<Page | Summary> {
    let head = this.#head(from, to);
    for (const [shard, chunk] of this.#chunks({ from, to })) {
      const before = lowerBound(head.times, chunk.firstAt);
      if (before > 0) yield* inPages(between(head, 0, before));
      const end = upperBound(head.times, chunk.lastAt);
      const over = between(head, before, end);
      head = between(head, end, head.times.length);
      const isWhole = over.times.length === 0 && chunk.firstAt >= from && chunk.lastAt <= to;
      const summary = isWhole && takes(chunk.firstAt, chunk.lastAt) ? shard.summary(chunk) : undefined;
      if (summary !== undefined) yield summary;
      else yield* someOf(merge(this.#read(shard, chunk, from, to), over));
    }
    yield* inPages(head);
  }

  *#descending({ from, to, expected }: Scan): Generator<Page> {
    // The newest one is often all that is wanted, and at hand; the newest few are where memory has them.
    if (expected !== undefined && expected <= 1) {
      const newest = this.#newest(from, to);
      if (newest === 'none') return;
      if (newest !== undefined) {
        yield { times: Float64Array.of(newest.time), values: pack([newest.value], this.#track.type) };
        to = newest.time - 1;
      }
    } else if (expected !== undefined && expected < PAGE_MAX) {
      const newest = this.#newestAlone(from, to, expected);
      if (newest !== undefined) {
        yield reversed(newest);
        to = (newest.times[0] as number) - 1;
      }
    }
    let head = this.#head(from, to);
    for (const [shard, chunk] of this.#chunks({ from, to, descending: true })) {
      const end = upperBound(head.times, chunk.lastAt);
      if (end < head.times.length) yield* inPages(between(head, end, head.times.length), 'descending');
      const before = lowerBound(head.times, chunk.firstAt);
      const run = merge(this.#read(shard, chunk, from, to), between(head, before, end));
      head = between(head, 0, before);
      for (const page of someOf(run)) yield reversed(page);
    }
    yield* inPages(head, 'descending');
  }

  /** The newest sample; undefined where that cannot be told without reading chunks. */
  #newest(from: number, to: number): Sample | 'none' | undefined {
    const { policy, fileUs } = this.#track;
    const inMemory = this.#newestInMemory(from, to);
    const since = inMemory?.time ?? from;
    for (const start of this.#spans.starts(policy, { from: since, to, fileUs }).reverse()) {
      const sample = this.#newestIn(this.#spans.shard(policy, start));
      if (sample === 'damaged' || (sample !== undefined && sample.time > to)) return undefined;
      // Memory was written later.
      if (sample !== undefined && sample.time <= since && inMemory !== undefined) break;
      if (sample !== undefined) return sample.time >= from ? sample : 'none';
    }
    return inMemory ?? 'none';
  }

  #newestInMemory(from: number, to: number): Sample | undefined {
    let newest: Sample | undefined;
    for (const generation of this.#generations) {
      const place = generation.newest(this.#track.id, from, to);
      if (place < 0) continue;
      const time = generation.timeAt(place);
      // Of one moment the later generation counts.
      if (newest === undefined || time >= newest.time) {
        newest = { time, value: valueAt(generation, place, this.#track.type) };
      }
    }
    return newest;
  }

  #newestIn(shard: ShardFile): Sample | 'damaged' | undefined {
    try {
      return shard.newest(this.#track.id, this.#track.type);
    } catch (error) {
      if (error instanceof DamagedBytesError) return 'damaged';
      throw error;
    }
  }

  /** So many of the newest samples, where all of them are in memory and newer than every chunk. */
  #newestAlone(from: number, to: number, count: number): Page | undefined {
    const current = this.#generations.at(-1);
    if (current === undefined) return undefined;
    const run = readTrack(current, this.#track, { from, to, newest: count });
    if (run.times.length < count) return undefined;
    const newest = between(run, run.times.length - count, run.times.length);
    const oldest = newest.times[0] as number;
    const isOlder = (generation: Generation) => {
      const { times } = readTrack(generation, this.#track, { from: oldest, to, newest: 1 });
      return times.length === 0;
    };
    if (!this.#generations.slice(0, -1).every(isOlder)) return undefined;
    const { policy, fileUs } = this.#track;
    const starts = this.#spans.starts(policy, { from: oldest, to, fileUs });
    const isNewer = (start: number) => {
      const sample = this.#newestIn(this.#spans.shard(policy, start));
      return sample === 'damaged' || (sample !== undefined && sample.time >= oldest);
    };
    return starts.some(isNewer) ? undefined : newest;
  }

  #head(from: number, to: number): Page {
    let head = EMPTY;
    for (const generation of this.#generations) head = merge(head, readTrack(generation, this.#track, { from, to }));
    return head;
  }

  *#chunks(range: ChunkRange): Generator<[ShardFile, Chunk]> {
    const { id, policy, fileUs } = this.#track;
    const starts = this.#spans.starts(policy, { ...range, fileUs });
    if (range.descending) starts.reverse();
    for (const startUs of starts) {
      const shard = this.#spans.shard(policy, startUs);
      for (const chunk of shard.chunks(id, range)) yield [shard, chunk];
    }
  }

  #read(shard: ShardFile, chunk: Chunk, from: number, to: number): Page {
    try {
      return this.#readWhole(shard, chunk, from, to);
    } catch (error) {
      if (this.#onDamage === undefined || !(error instanceof DamagedBytesError)) throw error;
      this.#onDamage(chunk, error.message);
      return EMPTY;
    }
  }

  #readWhole(shard: ShardFile, chunk: Chunk, from: number, to: number): Page {
    const run = shard.read(chunk, this.#track.type);
    if (run !== undefined) return slice(run, Math.max(from, chunk.firstAt), Math.min(to, chunk.lastAt));
    // Sealed anew since we looked: its samples are in the chunks that have taken its place.
    return [...shard.chunks(this.#track.id, { from: chunk.firstAt, to: chunk.lastAt })]
      .map((other) => shard.read(other, this.#track.type) ?? EMPTY)
      .map((other) => slice(other, Math.max(from, chunk.firstAt), Math.min(to, chunk.lastAt)))
      .reduce(merge, EMPTY);
  }
}

/** No more than is expected at first: a page costs its reader what it holds. */
function* gradually(pages: Generator<Page>, expected = Number.POSITIVE_INFINITY): Generator<Page> {
  let max = Math.max(1, Math.ceil(expected));
  for (const page of pages) {
    const { length } = page.times;
    for (let at = 0; at < length; max *= 4) {
      const end = Math.min(length, at + max);
      yield at === 0 && end === length ? page : between(page, at, end);
      at = end;
    }
  }
}

/** By index, in either order of time. */
function between({ times, values }: Page, from: number, to: number): Page {
  const some = values instanceof Float64Array ? values.subarray(from, to) : values.slice(from, to);
  return { times: times.subarray(from, to), values: some };
}

function* someOf(run: Page): Generator<Page> {
  if (run.times.length > 0) yield run;
}

function* inPages(run: Page, order: 'ascending' | 'descending' = 'ascending'): Generator<Page> {
  const { length } = run.times;
  for (let at = 0; at < length; at += PAGE_MAX) {
    if (order === 'ascending') yield between(run, at, Math.min(length, at + PAGE_MAX));
    else yield reversed(between(run, Math.max(0, length - at - PAGE_MAX), length - at));
  }
}

function reversed({ times, values }: Page): Page {
  return { times: times.slice().reverse(), values: values.slice().reverse() };
}
