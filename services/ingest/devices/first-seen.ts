// When each device was first seen, kept over restarts. Nothing depends on it but what people are shown, so no trouble with its
// file ends ingest: what cannot be written waits in memory, and a file that cannot be read is put aside. A kill costs the
// last second's new devices, who are then first seen a moment later.

import { renameSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDurableFolder } from '#runtime/durable-folder.ts';
import type { Log } from '#runtime/log.ts';
import type { FirstSeen } from './registry.ts';

const FILE = 'first-seen.db';
/** Far above the devices of a plant; what floods it is not worth a disk. */
const ROWS_MAX = 1_000_000;
/** New devices that wait for a disk; more are forgotten with the process. */
const WAITING_MAX = 100_000;

export type FirstSeenFile = FirstSeen &
  Disposable & {
    /** Writes what is new; what cannot be written is tried again the next time. */
    readonly write: () => void;
  };

export function openFirstSeen(folder: string, log: Pick<Log, 'warn'>): FirstSeenFile {
  makeDurableFolder(folder);
  const table = openTable(path.join(folder, FILE), log);
  let rows = table?.count() ?? 0;
  const waiting = new Map<string, number>();
  let isTold = false;
  const write = () => {
    if (waiting.size === 0 || table === undefined) return;
    try {
      table.put(waiting);
      waiting.clear();
      isTold = false;
    } catch (error) {
      if (!isTold) log.warn({ err: error }, 'when devices were first seen cannot be written, and waits');
      isTold = true;
    }
  };
  return {
    of: (key) => waiting.get(key) ?? table?.find(key),
    add: (key, at) => {
      if (rows >= ROWS_MAX || waiting.size >= WAITING_MAX) return;
      rows++;
      waiting.set(key, at);
    },
    write,
    [Symbol.dispose]: () => {
      write();
      table?.close();
    },
  };
}

type Table = ReturnType<typeof tableIn>;

/** undefined where there is none to be had: a full disk, a folder that cannot be written. */
function openTable(file: string, log: Pick<Log, 'warn'>): Table | undefined {
  try {
    return tableIn(file);
  } catch (error) {
    const isDamaged = /not a database|malformed|corrupt/.test(String(error));
    log.warn({ err: error, file }, isDamaged ? 'cannot be read, and is put aside' : 'cannot be used for now');
    if (!isDamaged) return undefined;
  }
  renameSync(file, `${file}.damaged`);
  return tableIn(file);
}

function tableIn(file: string) {
  const db = new DatabaseSync(file);
  try {
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS device (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    `);
    const find = db.prepare('SELECT at FROM device WHERE key = ?');
    const put = db.prepare('INSERT OR IGNORE INTO device (key, at) VALUES (?, ?)');
    const count = db.prepare('SELECT count(*) AS count FROM device');
    return {
      count: () => Number(count.get()?.count ?? 0),
      find: (key: string) => (find.get(key) as { at: number } | undefined)?.at,
      put: (rows: ReadonlyMap<string, number>) => {
        db.exec('BEGIN');
        try {
          for (const [key, at] of rows) put.run(key, at);
          db.exec('COMMIT');
        } catch (error) {
          if (db.isTransaction) db.exec('ROLLBACK');
          throw error;
        }
      },
      close: () => db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
