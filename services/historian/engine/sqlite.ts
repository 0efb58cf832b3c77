// The one file that imports node:sqlite: opens a database of the historian's the way all of them are opened.

import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makeDurableFolder } from '#runtime/durable-folder.ts';

/** SQLITE_CORRUPT and SQLITE_NOTADB; an extended code has its kind in the lowest byte. */
const DAMAGE_CODES = [11, 26];
/**
 * SQLITE_FULL, and what a full disk or a quota looks like elsewhere: SQLITE_IOERR_WRITE and SQLITE_IOERR_SHMSIZE. What was to
 * be written is then not there. A failed sync is none of these.
 */
const FULL_CODES = [13, 778, 4_874];
/** SQLITE_CANTOPEN. */
const CANNOT_OPEN_CODE = 14;

/** Extended. */
function codeOf(error: unknown): number {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' ? errcode : 0;
}

/** Whether an error says that the file itself is no longer what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  return DAMAGE_CODES.includes(codeOf(error) & 0xff);
}

/** Whether an error says that the disk is full: room may come back. */
export function isFull(error: unknown): boolean {
  return FULL_CODES.includes(codeOf(error));
}

/** Numbers come back as numbers; what is looked up by its row number is found faster by a bigint. */
export type Value = number | bigint | string | Uint8Array | null;
export type Row = readonly Value[];

export type Layout = {
  /** Raised with every change of the tables; a file of another version is refused instead of misread. */
  readonly format: number;
  readonly tables: string;
};

// FULL: what was committed has to survive a power cut, since the log of it is deleted afterwards. Pages are large, so that few
// chunks share one with unused room; what is committed is brought from the WAL into the file soon, or it would lie on the disk twice.
const WRITING = `PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 64; PRAGMA journal_size_limit = 1048576`;

/** A checkpoint may hold the file for a moment. */
const BUSY_MS = 5_000;

export class SqliteFile implements Disposable {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Makes folder and file where they are not there. Their names survive a power cut: SQLite syncs that of the file.
   * @throws Error with the file's path
   */
  static forWriting(file: string, { format, tables }: Layout): SqliteFile {
    return withPath(file, () => {
      makeDurableFolder(path.dirname(file));
      const opened = new SqliteFile(file, new DatabaseSync(file, { timeout: BUSY_MS }));
      opened.#db.exec(WRITING);
      chmodSync(file, 0o600);
      if (opened.#format() === 0) opened.#db.exec(`BEGIN; ${tables} PRAGMA user_version = ${format}; COMMIT`);
      return opened.#checked(format);
    });
  }

  /** Undefined where the file is not there, or not yet more than its name. @throws Error with the file's path */
  static forReading(file: string, { format }: Layout): SqliteFile | undefined {
    return withPath(file, () => {
      const db = openExisting(file);
      if (db === undefined) return undefined;
      const opened = new SqliteFile(file, db);
      if (opened.#format() !== 0) return opened.#checked(format);
      db.close();
      return undefined;
    });
  }

  private constructor(file: string, db: DatabaseSync) {
    this.path = file;
    this.#db = db;
  }

  #format(): number {
    return Number(this.#db.prepare('PRAGMA user_version').get()?.user_version);
  }

  #checked(format: number): this {
    const found = this.#format();
    if (found === format) return this;
    this.#db.close();
    throw new Error(`${this.path} is of format ${found}; this version reads format ${format}`);
  }

  /** All of it as it is at one moment, into a new file; whoever writes meanwhile is not held up. Not yet synced. */
  copyInto(file: string): void {
    this.run('VACUUM INTO ?', file);
  }

  rows(sql: string, ...values: Value[]): Row[] {
    return this.#prepared(sql).all(...values) as unknown as Row[];
  }

  run(sql: string, ...values: Value[]): void {
    this.#prepared(sql).run(...values);
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

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

  /** What is read from now on is of one moment, and costs no lock for each statement. It holds back checkpoints: not for long. */
  beginReading(): void {
    if (!this.#db.isTransaction) this.#db.exec('BEGIN');
  }

  endReading(): void {
    if (this.#db.isTransaction) this.#db.exec('COMMIT');
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

function openExisting(file: string): DatabaseSync | undefined {
  try {
    return new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  } catch (error) {
    if ((codeOf(error) & 0xff) === CANNOT_OPEN_CODE && !existsSync(file)) return undefined;
    throw error;
  }
}

function withPath<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const { message } = error as Error;
    (error as Error).message = isDamage(error) ? `${file} is damaged (${message})` : `${file}: ${message}`;
    throw error;
  }
}

/**
 * Holds a folder for this process alone, until it is released or the process ends, however it ends.
 * @throws Error where another one holds it
 */
export function lockFolder(folder: string): Disposable {
  makeDurableFolder(folder);
  const db = new DatabaseSync(path.join(folder, 'lock'));
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
  } catch (error) {
    db.close();
    throw new Error(`another process uses ${folder}`, { cause: error });
  }
  return { [Symbol.dispose]: () => db.close() };
}
