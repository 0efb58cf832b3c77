// What the rules service must not forget: the state of its instances, what it knows of the plant (facts.ts), and what it
// has decided and the broker has not yet taken (the outbox). All are written in one transaction before anything is published or acknowledged, so a kill between
// any two steps loses no transition; what was published and not yet struck off is published again, with the same ids.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SavedState } from '#rules/engine/engine.ts';
import type { InstanceState } from '#rules/engine/state.ts';
import type { FactRow } from './facts.ts';
import type { Retired } from './retired.ts';

export type OutMessage = { readonly topic: string; readonly payload: string; readonly retain: boolean };
export type QueuedMessage = OutMessage & { readonly id: number };

/** Raised when the tables change; an older file is then refused rather than misread. */
const FORMAT = 1;

export class StateStore implements Disposable {
  readonly #db: DatabaseSync;
  readonly #putState: StatementSync;
  readonly #putMessage: StatementSync;
  readonly #dropMessages: StatementSync;
  readonly #putFact: StatementSync;
  readonly #dropFact: StatementSync;
  readonly #getFact: StatementSync;

  /** @throws Error where the file is damaged, or was written by another format of this program */
  constructor(file: string) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.#db = new DatabaseSync(file);
    try {
      this.#prepareTables(file);
      this.#putState = this.#db.prepare(
        'INSERT INTO instance VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET state = excluded.state',
      );
      this.#putMessage = this.#db.prepare('INSERT INTO outbox (topic, payload, retain) VALUES (?, ?, ?)');
      this.#dropMessages = this.#db.prepare('DELETE FROM outbox WHERE id <= ?');
      this.#putFact = this.#db.prepare(
        'INSERT INTO fact VALUES (?, ?) ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload',
      );
      this.#dropFact = this.#db.prepare('DELETE FROM fact WHERE topic = ?');
      this.#getFact = this.#db.prepare('SELECT payload FROM fact WHERE topic = ?');
      this.states(); // what cannot be read must be known now and not at the first alarm
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
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS instance (key TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL, retain INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS fact (topic TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT;
      PRAGMA user_version = ${FORMAT};
    `);
  }

  states(): SavedState[] {
    const rows = this.#db.prepare('SELECT key, state FROM instance').all() as { key: string; state: string }[];
    return rows.map(({ key, state }) => ({ key, state: JSON.parse(state) as InstanceState }));
  }

  facts(): { readonly topic: string; readonly payload: string }[] {
    return this.#db.prepare('SELECT topic, payload FROM fact').all() as { topic: string; payload: string }[];
  }

  /** Whether the fact is written down as it is. */
  isKnown({ topic, payload }: FactRow): boolean {
    return ((this.#getFact.get(topic) as { payload: string } | undefined)?.payload ?? null) === payload;
  }

  /** Everything decided and not yet struck off, oldest first. */
  queued(): QueuedMessage[] {
    const rows = this.#db.prepare('SELECT id, topic, payload, retain FROM outbox ORDER BY id').all();
    return (rows as { id: number; topic: string; payload: string; retain: number }[]).map((row) => ({
      ...row,
      retain: row.retain === 1,
    }));
  }

  /** Writes all or nothing; on disk when it returns. */
  commit(
    states: readonly SavedState[],
    messages: readonly OutMessage[],
    facts: readonly FactRow[] = [],
  ): QueuedMessage[] {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const { key, state } of states) this.#putState.run(key, JSON.stringify(state));
      for (const { topic, payload } of facts) {
        if (payload === null) this.#dropFact.run(topic);
        else this.#putFact.run(topic, payload);
      }
      const queued = messages.map((message) => {
        const { lastInsertRowid } = this.#putMessage.run(message.topic, message.payload, message.retain ? 1 : 0);
        return { ...message, id: Number(lastInsertRowid) };
      });
      this.#db.exec('COMMIT');
      return queued;
    } catch (error) {
      // A full disk rolls back by itself; a second time would hide why.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Forgets the states that nobody wants any more, and has the retained messages of their alarms cleared. */
  retire(retired: readonly Retired[]): void {
    const drop = this.#db.prepare('DELETE FROM instance WHERE key = ?');
    this.#db.exec('BEGIN IMMEDIATE');
    for (const { key, topic, isKept } of retired) {
      if (topic !== undefined) this.#putMessage.run(topic, '', 1);
      if (!isKept) drop.run(key);
    }
    this.#db.exec('COMMIT');
  }

  /** Strikes off everything up to this message: the broker has it. */
  strikeOff(id: number): void {
    this.#dropMessages.run(id);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
