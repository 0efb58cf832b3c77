// What the rules service must not forget: the engine's state as of the last checkpoint, every input since, what it decided
// and the broker has not yet taken (the outbox), notices that nobody has got yet, and who was told what. An input and all
// that it led to are one transaction, on disk before anything is acknowledged or published. The engine is deterministic, so
// the checkpoint and the inputs after it are its state at any moment, and a kill between any two steps loses nothing and
// invents nothing; what was published and not yet struck off is published again, with the same ids.

import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Notice } from '#rules/engine/inputs.ts';
import type { StateRow } from '#rules/engine/snapshot.ts';
import { makeDurableFolder } from '#runtime/durable-folder.ts';

export type OutMessage = { readonly topic: string; readonly payload: string; readonly retain: boolean };
export type QueuedMessage = OutMessage & { readonly id: number };
export type QueuedNotice = { readonly id: number; readonly notice: Notice };

/** An input as it came: a message, or what the service itself put in (topic '', an EngineInput as JSON). */
export type LoggedInput = {
  readonly at: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
};

/** One transaction. Rows make a checkpoint: the inputs before it are not needed any more. */
export type Commit = {
  readonly inputs?: readonly LoggedInput[];
  readonly messages?: readonly OutMessage[];
  readonly notices?: readonly Notice[];
  readonly rows?: readonly StateRow[];
};

/** What became of notices. */
export type NoticeChanges = {
  /** Those that need not be kept any more. */
  readonly done: readonly number[];
  /** Who was told what: JSON by its key; null: to be forgotten. */
  readonly told: ReadonlyMap<string, string | null>;
};

export type Committed = { readonly messages: readonly QueuedMessage[]; readonly notices: readonly QueuedNotice[] };

/** Raised when the tables change; an older file is then refused rather than misread. */
const FORMAT = 2;

const TABLES = `
  CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS input (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, retained INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL, retain INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS notice (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS told (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${FORMAT};
`;

export class StateStore implements Disposable {
  readonly #db: DatabaseSync;
  readonly #put: { readonly [kind in 'row' | 'input' | 'message' | 'notice' | 'told']: StatementSync };
  readonly #drop: { readonly [kind in 'row' | 'inputs' | 'messages' | 'notice' | 'told']: StatementSync };

  /** @throws Error where the file is damaged, or was written by another format of this program */
  constructor(file: string) {
    makeDurableFolder(path.dirname(file));
    this.#db = new DatabaseSync(file);
    try {
      this.#prepareTables(file);
      const prepare = (sql: string) => this.#db.prepare(sql);
      this.#put = {
        row: prepare('INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'),
        input: prepare('INSERT INTO input (at, topic, payload, retained) VALUES (?, ?, ?, ?)'),
        message: prepare('INSERT INTO outbox (topic, payload, retain) VALUES (?, ?, ?)'),
        notice: prepare('INSERT INTO notice (body) VALUES (?)'),
        told: prepare('INSERT INTO told VALUES (?, ?)'),
      };
      this.#drop = {
        row: prepare('DELETE FROM state WHERE key = ?'),
        inputs: prepare('DELETE FROM input'),
        messages: prepare('DELETE FROM outbox WHERE id <= ?'),
        notice: prepare('DELETE FROM notice WHERE id = ?'),
        told: prepare('DELETE FROM told WHERE key = ?'),
      };
      for (const { value } of this.rows()) JSON.parse(value ?? 'null'); // what cannot be read must be known now
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #prepareTables(file: string): void {
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const format = (this.#db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
    if (format !== 0 && format !== FORMAT)
      throw new Error(`${file} has format ${format}; this release reads format ${FORMAT}`);
    this.#db.exec(TABLES);
  }

  /** The engine's state at the last checkpoint. */
  rows(): StateRow[] {
    return this.#db.prepare('SELECT key, value FROM state').all() as StateRow[];
  }

  /** Inputs since the last checkpoint, in order. */
  *inputs(): Iterable<LoggedInput> {
    const rows = this.#db.prepare('SELECT at, topic, payload, retained FROM input ORDER BY id').iterate();
    for (const row of rows as Iterable<{ at: number; topic: string; payload: Uint8Array; retained: number }>)
      yield { ...row, retained: row.retained === 1 };
  }

  /** Everything decided and not yet struck off, oldest first. */
  queued(): QueuedMessage[] {
    const rows = this.#db.prepare('SELECT id, topic, payload, retain FROM outbox ORDER BY id').all();
    return (rows as { id: number; topic: string; payload: string; retain: number }[]).map((row) => ({
      ...row,
      retain: row.retain === 1,
    }));
  }

  notices(): QueuedNotice[] {
    const rows = this.#db.prepare('SELECT id, body FROM notice ORDER BY id').all() as { id: number; body: string }[];
    return rows.map(({ id, body }) => ({ id, notice: JSON.parse(body) as Notice }));
  }

  /** Who was told what: JSON that the notifier gave to be kept, oldest first. */
  told(): string[] {
    const rows = this.#db.prepare('SELECT record FROM told ORDER BY rowid').all() as { record: string }[];
    return rows.map(({ record }) => record);
  }

  /** Writes down what became of notices; on disk when it returns. */
  record({ done, told }: NoticeChanges): void {
    this.#together(() => {
      for (const id of done) this.#drop.notice.run(id);
      for (const [key, record] of told) {
        this.#drop.told.run(key);
        if (record !== null) this.#put.told.run(key, record);
      }
    });
  }

  /** Writes all or nothing; on disk when it returns. */
  commit({ inputs = [], messages = [], notices = [], rows }: Commit): Committed {
    return this.#together(() => {
      for (const { at, topic, payload, retained } of inputs) this.#put.input.run(at, topic, payload, retained ? 1 : 0);
      const committed = {
        messages: messages.map((message) => {
          const { lastInsertRowid } = this.#put.message.run(message.topic, message.payload, message.retain ? 1 : 0);
          return { ...message, id: Number(lastInsertRowid) };
        }),
        notices: notices.map((notice) => ({
          notice,
          id: Number(this.#put.notice.run(JSON.stringify(notice)).lastInsertRowid),
        })),
      };
      if (rows !== undefined) this.#checkpoint(rows);
      return committed;
    });
  }

  /** All or nothing. */
  #together<T>(write: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const written = write();
      this.#db.exec('COMMIT');
      return written;
    } catch (error) {
      // A full disk rolls back by itself; a second time would hide why.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #checkpoint(rows: readonly StateRow[]): void {
    for (const { key, value } of rows) {
      if (value === null) this.#drop.row.run(key);
      else this.#put.row.run(key, value);
    }
    this.#drop.inputs.run();
  }

  /** Takes rows out of the state. */
  forget(rows: readonly StateRow[]): void {
    if (rows.length > 0) this.#together(() => rows.forEach(({ key }) => void this.#drop.row.run(key)));
  }

  /** Strikes off everything up to this message: the broker has it. */
  strikeOff(id: number): void {
    this.#drop.messages.run(id);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
