// Chunks of one policy and one span of time in one SQLite file, so that forgetting the span is deleting the file. A chunk's
// number is its track and the millisecond of its first sample, which keeps the chunks of a track together and in order; in
// front of the bytes stand the few numbers by which a chunk is passed over, or answered for, without decoding it.

import type { FieldType, Page, Summary } from '../../influxql/store.ts';
import type { TrackId } from '../catalogue/catalogue.ts';
import { decodeChunk, encodeChunk } from '../chunk/chunk.ts';
import type { Row, SqliteFile, Value } from '../sqlite.ts';
import { NewestSamples, type Sample } from './newest-samples.ts';
import { summaryBytes, summaryOf } from './summary.ts';

export const SHARD_LAYOUT = {
  format: 1,
  // Times are microseconds from the start of the file's span.
  tables: `
    CREATE TABLE chunk (
      id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
      summary BLOB, samples BLOB NOT NULL) STRICT;`,
};

/** Bits for the milliseconds of a span: more than the seven days that a file spans at most; 23 are left for the track. */
const TRACK_STEP = 2 ** 30;

/** Tracks have numbers below this. */
export const TRACKS_MAX = 2 ** 23;

export type Chunk = {
  readonly id: number;
  /** Microseconds, both inclusive. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
};

/** A chunk as it lies on the disk. */
export type RawChunk = Chunk & {
  readonly track: TrackId;
  readonly summary: Uint8Array | null;
  readonly samples: Uint8Array;
};

export type ShardTotals = {
  readonly chunks: number;
  readonly samples: number;
  /** Microseconds, both inclusive; undefined where it is empty. */
  readonly span: { readonly firstAt: number; readonly lastAt: number } | undefined;
};

export type ChunkRange = {
  /** Microseconds, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly descending?: boolean;
};

export const ALL_TIME: ChunkRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

const OF_TRACK = 'id >= ? AND id < ?';
const CHUNKS_AT_ONCE = 32;

export class ShardFile {
  readonly #open: () => SqliteFile | undefined;
  readonly #startUs: number;
  #opened: SqliteFile | undefined;
  readonly #newest: NewestSamples;
  #version: Row | undefined;

  /** `open` gives undefined where there is no such file (any more): then there is nothing in it. */
  constructor(open: () => SqliteFile | undefined, startUs: number, newest = new NewestSamples()) {
    this.#open = open;
    this.#startUs = startUs;
    this.#newest = newest;
  }

  /** Whoever still reads it opens it again. */
  close(): void {
    this.#version = undefined;
    this.#newest.forget(this);
    this.#opened?.[Symbol.dispose]();
    this.#opened = undefined;
  }

  /** For whoever reads much: see SqliteFile. */
  beginReading(): void {
    this.#file?.beginReading();
    const [version] = this.#rows('PRAGMA data_version');
    if (version?.[0] !== this.#version?.[0]) this.#newest.forget(this);
    this.#version = version;
  }

  endReading(): void {
    this.#opened?.endReading();
  }

  get #file(): SqliteFile | undefined {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  #rows(sql: string, ...values: Value[]): Row[] {
    return this.#file?.rows(sql, ...values) ?? [];
  }

  /** Those of a track that have samples in a range, in the order of time. */
  *chunks(track: TrackId, { from, to, descending = false }: ChunkRange): Generator<Chunk> {
    const sql = `SELECT id, first, last, count FROM chunk
      WHERE id >= ? AND id <= ? AND last >= ? AND first <= ? ORDER BY id ${descending ? 'DESC' : 'ASC'} LIMIT ?`;
    let fromId = this.#idBefore(track, from);
    let toId = this.#idAt(track, to);
    const range = [clamp(from - this.#startUs), clamp(to - this.#startUs)];
    // Whoever begins at the end often wants no more than the first one.
    for (let limit = descending ? 1 : CHUNKS_AT_ONCE; ; limit = CHUNKS_AT_ONCE) {
      const rows = this.#rows(sql, BigInt(fromId), BigInt(toId), ...range, limit);
      for (const row of rows) yield this.#chunk(row);
      if (rows.length < limit) return;
      const last = rows.at(-1)?.[0] as number;
      if (descending) toId = last - 1;
      else fromId = last + 1;
    }
  }

  /**
   * The newest sample of a track here; undefined where it has none. Only between `beginReading` and `endReading`.
   * @throws DamagedBytesError
   */
  newest(track: TrackId, type: FieldType): Sample | undefined {
    return this.#newest.of(this, track, () => {
      const [from, to] = idsOf(track);
      const sql = 'SELECT id, first, last, count, summary FROM chunk WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1';
      const [row] = this.#rows(sql, BigInt(from), BigInt(to));
      if (row === undefined) return undefined;
      const chunk = this.#chunk(row);
      const summary = row[4] as Uint8Array | null;
      if (summary !== null) return { time: chunk.lastAt, value: summaryOf(summary, chunk).last };
      const value = this.read(chunk, type)?.values.at(-1);
      return value === undefined ? undefined : { time: chunk.lastAt, value };
    });
  }

  /** Chunks do not overlap, so of those that begin before a moment only the last one can reach beyond it. */
  #idBefore(track: TrackId, us: number): number {
    const at = this.#idAt(track, us);
    const sql = 'SELECT id FROM chunk WHERE id >= ? AND id <= ? ORDER BY id DESC LIMIT 1';
    const [row] = this.#rows(sql, BigInt(track * TRACK_STEP), BigInt(at));
    return (row?.[0] as number | undefined) ?? at;
  }

  /** Number of a chunk of the track that would begin at a moment. */
  #idAt(track: TrackId, us: number): number {
    const ms = Math.floor((us - this.#startUs) / 1_000);
    return track * TRACK_STEP + Math.max(0, Math.min(TRACK_STEP - 1, ms));
  }

  #chunk([id, first, last, count]: Row): Chunk {
    return {
      id: id as number,
      firstAt: this.#startUs + (first as number),
      lastAt: this.#startUs + (last as number),
      count: count as number,
    };
  }

  /** Undefined where it is no longer there as it was: other chunks have taken its samples. */
  read({ id, lastAt }: Chunk, type: FieldType): Page | undefined {
    const [row] = this.#rows('SELECT samples FROM chunk WHERE id = ? AND last >= ?', id, lastAt - this.#startUs);
    return row === undefined ? undefined : decodeChunk(row[0] as Uint8Array, type);
  }

  /** Undefined where the chunk has none, or is no longer as it was. */
  summary({ id, count, firstAt, lastAt }: Chunk): Summary | undefined {
    const sql = 'SELECT summary FROM chunk WHERE id = ? AND count = ? AND first = ? AND last = ?';
    const [row] = this.#rows(sql, id, count, firstAt - this.#startUs, lastAt - this.#startUs);
    const bytes = row?.[0] ?? null;
    return bytes === null ? undefined : summaryOf(bytes as Uint8Array, { count, firstAt, lastAt });
  }

  /** Inside a transaction. */
  put(track: TrackId, run: Page): void {
    const firstAt = run.times[0] as number;
    const lastAt = run.times.at(-1) as number;
    const first = firstAt - this.#startUs;
    const id = this.idOf(track, firstAt);
    const values: Value[] = [id, first, lastAt - this.#startUs, run.times.length, summaryBytes(run), encodeChunk(run)];
    this.#file?.run('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?)', ...values);
  }

  /** Inside a transaction. */
  remove({ id }: Chunk): void {
    this.#file?.run('DELETE FROM chunk WHERE id = ?', id);
  }

  /** All of a track; inside a transaction. */
  removeTrack(track: TrackId): void {
    this.#file?.run(`DELETE FROM chunk WHERE ${OF_TRACK}`, ...idsOf(track));
  }

  hasTrack(track: TrackId): boolean {
    return this.#rows(`SELECT 1 FROM chunk WHERE ${OF_TRACK} LIMIT 1`, ...idsOf(track)).length > 0;
  }

  /** Every track that has chunks here, each found by one look into the tree. */
  *tracks(): Generator<TrackId> {
    for (let from = 0; ; ) {
      const [row] = this.#rows('SELECT id FROM chunk WHERE id >= ? ORDER BY id LIMIT 1', from);
      if (row === undefined) return;
      const track = Math.floor((row[0] as number) / TRACK_STEP);
      yield track;
      from = (track + 1) * TRACK_STEP;
    }
  }

  /** Every chunk, in the order of tracks and time. @throws where the file is damaged, at the place where it is */
  *raw(): Generator<RawChunk> {
    const sql = 'SELECT id, first, last, count, summary, samples FROM chunk WHERE id >= ? ORDER BY id LIMIT ?';
    for (let from = Number.MIN_SAFE_INTEGER; ; ) {
      const rows = this.#rows(sql, BigInt(from), CHUNKS_AT_ONCE);
      for (const row of rows) {
        const [id, , , , summary, samples] = row as [number, number, number, number, Uint8Array | null, Uint8Array];
        yield { ...this.#chunk(row), track: Math.floor(id / TRACK_STEP), summary, samples };
      }
      if (rows.length < CHUNKS_AT_ONCE) return;
      from = (rows.at(-1)?.[0] as number) + 1;
    }
  }

  /** The number that a chunk has by its track and its first sample. */
  idOf(track: TrackId, firstAt: number): number {
    return track * TRACK_STEP + Math.floor((firstAt - this.#startUs) / 1_000);
  }

  totals(): ShardTotals {
    const sql = 'SELECT count(*), ifnull(sum(count), 0), min(first), max(last) FROM chunk';
    const [[chunks = 0, samples = 0, first = null, last = null] = []] = this.#rows(sql);
    const span = { firstAt: this.#startUs + Number(first), lastAt: this.#startUs + Number(last) };
    return { chunks: Number(chunks), samples: Number(samples), span: first === null ? undefined : span };
  }

  /** What SQLite finds wrong with the file, in its words. */
  problem(): string | undefined {
    const found = this.#rows('PRAGMA quick_check(1)')[0]?.[0] ?? 'ok';
    return found === 'ok' ? undefined : String(found);
  }

  /** For whoever writes. */
  transaction(run: () => void): void {
    this.#file?.transaction(run);
  }
}

function idsOf(track: TrackId): [from: number, to: number] {
  return [track * TRACK_STEP, (track + 1) * TRACK_STEP];
}

/** Into what SQLite takes as an integer from a double. */
function clamp(us: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, us));
}
