// The one file that imports node:sqlite: opens the store's file, lays its tables, and keeps the statements prepared.

import { chmodSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

export const FILE_NAME = 'historian.db';

/** Raised with every change of the tables below; a file of another version is refused instead of misread. */
const FORMAT = 1;

// A track is one field of one series; its samples lie together and in the order of time, which is what every query reads.
const TABLES = `
CREATE TABLE IF NOT EXISTS database (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS policy (
  id INTEGER PRIMARY KEY, database_id INTEGER NOT NULL, name TEXT NOT NULL, duration_us INTEGER NOT NULL,
  is_default INTEGER NOT NULL, UNIQUE (database_id, name)) STRICT;
CREATE TABLE IF NOT EXISTS measurement (
  id INTEGER PRIMARY KEY, policy_id INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (policy_id, name)) STRICT;
CREATE TABLE IF NOT EXISTS field (
  id INTEGER PRIMARY KEY, measurement_id INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  UNIQUE (measurement_id, name)) STRICT;
CREATE TABLE IF NOT EXISTS series (
  id INTEGER PRIMARY KEY, measurement_id INTEGER NOT NULL, key TEXT NOT NULL, tags TEXT NOT NULL,
  UNIQUE (measurement_id, key)) STRICT;
CREATE TABLE IF NOT EXISTS track (
  id INTEGER PRIMARY KEY, series_id INTEGER NOT NULL, field_id INTEGER NOT NULL, UNIQUE (series_id, field_id)) STRICT;
CREATE TABLE IF NOT EXISTS sample (
  track_id INTEGER NOT NULL, time INTEGER NOT NULL, value ANY NOT NULL, PRIMARY KEY (track_id, time))
  STRICT, WITHOUT ROWID;
`;

/** SQLITE_CORRUPT and SQLITE_NOTADB; an extended code has its kind in the lowest byte. */
const DAMAGE_CODES = [11, 26];

/** Whether an error says that the file itself is no longer what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' && DAMAGE_CODES.includes(errcode & 0xff);
}

export type Row = readonly (number | string)[];

export class SqliteFile implements Disposable {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws where the folder cannot be written, or another process holds the file */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = path.join(folder, FILE_NAME);
    this.#db = new DatabaseSync(this.#path);
    // Exclusive: two historians on one file would each serve a catalogue that the other has changed.
    // FULL: an acknowledged write has to survive a power cut. 64 MB of cache: the branches of a large tree stay in memory.
    this.#db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY`);
    chmodSync(this.#path, 0o600);
    const found = Number(this.#db.prepare('PRAGMA user_version').get()?.user_version);
    if (found !== 0 && found !== FORMAT) {
      this.#db.close();
      throw new Error(`${this.#path} is of format ${found}; this version reads format ${FORMAT}`);
    }
    this.transaction(() => this.#db.exec(`${TABLES} PRAGMA user_version = ${FORMAT}`));
  }

  /** Prepared on first use; rows come as arrays. */
  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  rows(sql: string, ...values: (number | string)[]): readonly Row[] {
    return this.#prepared(sql).all(...values) as unknown as readonly Row[];
  }

  /** Runs a change, returns how many rows it changed. */
  change(sql: string, ...values: (number | string)[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  /** Runs an INSERT, returns the row's id. */
  insert(sql: string, ...values: (number | string)[]): number {
    return Number(this.#prepared(sql).run(...values).lastInsertRowid);
  }

  /** For loops over one statement: the look-up by its text happens once. */
  inserter(sql: string): StatementSync {
    return this.#prepared(sql);
  }

  /** All of it or nothing. */
  transaction<T>(run: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk may have rolled back by itself; what is thrown must stay the first error.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  bytes(): number {
    const size = (name: string) => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
    return size(this.#path) + size(`${this.#path}-wal`);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
