// The catalogue on disk: its entities as rows. Written when the log that holds the same entries is cut, read once at start.

import type { SqliteFile } from '../sqlite.ts';
import type { Removed } from './catalogue.ts';
import { type Entity, type Id, KINDS, type TrackId } from './entry.ts';

export const CATALOGUE_LAYOUT = {
  format: 1,
  tables: `
    CREATE TABLE entity (kind INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id))
      STRICT, WITHOUT ROWID;
    CREATE TABLE given (what TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;`,
};

/** The highest numbers that were ever given: also those of what was dropped are not given again. */
export type Given = { readonly id: Id; readonly track: TrackId };

export type CatalogueChanges = {
  readonly entities: readonly Entity[];
  readonly removed: readonly Removed[];
  readonly given: Given;
};

export function writeCatalogue(file: SqliteFile, { entities, removed, given }: CatalogueChanges): void {
  file.transaction(() => {
    for (const entity of entities) {
      const { kind, id } = entity;
      file.run('INSERT OR REPLACE INTO entity VALUES (?, ?, ?)', KINDS.indexOf(kind), id, JSON.stringify(entity));
    }
    for (const { kind, id } of removed)
      file.run('DELETE FROM entity WHERE kind = ? AND id = ?', KINDS.indexOf(kind), id);
    for (const [what, number] of Object.entries(given)) {
      file.run('INSERT OR REPLACE INTO given VALUES (?, ?)', what, number);
    }
  });
}

export function readCatalogue(file: SqliteFile): { readonly entities: Entity[]; readonly given: Given } {
  const given = { id: 0, track: 0 };
  for (const [what, number] of file.rows('SELECT what, number FROM given')) {
    if (what === 'id' || what === 'track') given[what] = Number(number);
  }
  const rows = file.rows('SELECT body FROM entity ORDER BY kind, id');
  return { entities: rows.map(([body]) => JSON.parse(String(body)) as Entity), given };
}
