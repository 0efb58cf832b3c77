// Births on disk. A message that the broker kept for us while we were away can only be read by the birth that came before, so a
// birth is written down before it is acknowledged. Those of one turn of the event loop are one transaction: a thousand nodes
// that are all born at once must not wait for a thousand syncs. Where the disk takes no more they wait, and with them their
// acknowledgements.

import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SparkplugAddress } from '#domain/sparkplug-topic.ts';
import { isDiskFull } from '#runtime/disk-full.ts';
import { makeDurableFolder } from '#runtime/durable-folder.ts';
import type { BirthChange } from './heard.ts';

/** awaited: its node was born anew since. */
export type BirthState = 'born' | 'awaited' | 'dead';

export type BirthRow = {
  readonly address: SparkplugAddress;
  readonly bytes: Uint8Array;
  readonly qos: 0 | 1;
  readonly state: BirthState;
  /** When the birth, or the death, came. */
  readonly at: number;
};

/** Raised when the table changes; an older file is then refused rather than misread. */
const FORMAT = 1;

/** The device of an edge node itself is ''. */
const TABLE = `
  CREATE TABLE IF NOT EXISTS birth (
    grp TEXT NOT NULL, edge TEXT NOT NULL, device TEXT NOT NULL,
    payload BLOB NOT NULL, qos INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (grp, edge, device)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${FORMAT};
`;

export class BirthStore implements Disposable {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #await: StatementSync;
  readonly #die: StatementSync;
  #changes: BirthChange[] = [];
  #waiting: (() => void)[] = [];
  #isScheduled = false;
  #problem: string | undefined;

  /** @throws Error where the file is damaged, or was written by another format of this program */
  constructor(file: string) {
    makeDurableFolder(path.dirname(file));
    this.#db = new DatabaseSync(file);
    try {
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      const format = (this.#db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
      if (format !== 0 && format !== FORMAT)
        throw new Error(`it has format ${format}, and this release reads ${FORMAT}`);
      this.#db.exec(TABLE);
      this.#put = this.#db.prepare(`INSERT OR REPLACE INTO birth VALUES (?, ?, ?, ?, ?, 'born', ?)`);
      this.#await = this.#db.prepare(
        `UPDATE birth SET state = 'awaited', at = ? WHERE grp = ? AND edge = ? AND device <> '' AND state = 'born'`,
      );
      this.#die = this.#db.prepare(`UPDATE birth SET state = 'dead', at = ? WHERE grp = ? AND edge = ? AND device = ?`);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** All that are kept, each node before its devices. */
  *rows(): Iterable<BirthRow> {
    const rows = this.#db.prepare('SELECT * FROM birth ORDER BY grp, edge, device').iterate();
    for (const row of rows as Iterable<Record<string, unknown>>) {
      const { grp, edge, device, payload, qos, state, at } = row;
      yield {
        address: { group: String(grp), edge: String(edge), device: device === '' ? null : String(device) },
        bytes: payload as Uint8Array,
        qos: qos === 1 ? 1 : 0,
        state: state as BirthState,
        at: Number(at),
      };
    }
  }

  /** Runs `done` when the change is on disk, which is after this turn of the event loop. */
  keep(change: BirthChange, done: () => void): void {
    this.#changes.push(change);
    this.#waiting.push(done);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.write());
  }

  /** Writes what waits; tried again by whoever calls it now and then. */
  write(): void {
    this.#isScheduled = false;
    if (this.#changes.length === 0) return;
    try {
      this.#commit();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#problem = 'the disk is full, so that births are not taken';
      return;
    }
    this.#problem = undefined;
    const done = this.#waiting;
    this.#changes = [];
    this.#waiting = [];
    for (const each of done) each();
  }

  /** What keeps acknowledgements waiting, in words. */
  problem(): string | undefined {
    return this.#problem;
  }

  #commit(): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const change of this.#changes) this.#write(change);
      this.#db.exec('COMMIT');
    } catch (error) {
      // A full disk rolls back by itself; a second time would hide why.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #write(change: BirthChange): void {
    const { group, edge, device } = change.address;
    if (change.kind === 'dead') {
      this.#die.run(change.at, group, edge, device ?? '');
      return;
    }
    if (device === null) this.#await.run(change.at, group, edge);
    this.#put.run(group, edge, device ?? '', change.bytes, change.qos, change.at);
  }

  [Symbol.dispose](): void {
    this.write();
    this.#db.close();
  }
}
