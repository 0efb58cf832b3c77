// When each device was first seen, kept over restarts. What a kill costs is the last second's new devices, who are then first
// seen a moment later.

import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDurableFolder } from '#runtime/durable-folder.ts';
import type { FirstSeen } from './registry.ts';

const FILE = 'first-seen.db';
/** Far above the devices of a plant; what floods it is not worth a disk. */
const ROWS_MAX = 1_000_000;

export type FirstSeenFile = FirstSeen & Disposable & { readonly write: () => void };

/** @throws Error where the file is damaged */
export function openFirstSeen(folder: string): FirstSeenFile {
  makeDurableFolder(folder);
  const db = new DatabaseSync(path.join(folder, FILE));
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS device (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `);
  const find = db.prepare('SELECT at FROM device WHERE key = ?');
  const put = db.prepare('INSERT OR IGNORE INTO device (key, at) VALUES (?, ?)');
  const { count = 0 } = db.prepare('SELECT count(*) AS count FROM device').get() as { count?: number };
  let rows = count;
  const waiting = new Map<string, number>();
  const write = () => {
    if (waiting.size === 0) return;
    db.exec('BEGIN');
    for (const [key, at] of waiting) put.run(key, at);
    db.exec('COMMIT');
    waiting.clear();
  };
  return {
    of: (key) => waiting.get(key) ?? (find.get(key) as { at: number } | undefined)?.at,
    add: (key, at) => {
      if (rows >= ROWS_MAX) return;
      rows++;
      waiting.set(key, at);
    },
    write,
    [Symbol.dispose]: () => {
      write();
      db.close();
    },
  };
}
