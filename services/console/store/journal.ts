// The alarm journal as the store keeps it, newest first. Entries of earlier releases have fewer fields, and a store that has
// never seen a field has no column for it: absent is null, or false.

import type { JournalRow } from '../api/history.ts';
import type { Cell, Store } from './influx.ts';
import { type JournalFilter, journalQuery, type Range } from './influxql.ts';

/** @throws StoreError */
export async function readJournal(
  store: Store,
  database: string,
  filter: JournalFilter,
  range: Range & { readonly limit: number },
): Promise<JournalRow[]> {
  const { columns, rows } = await store.query(journalQuery(database, filter, range));
  return rows.map((row) => toRow(Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))));
}

function toRow(cells: { readonly [column: string]: Cell }): JournalRow {
  const text = (name: string) => String(cells[name] ?? '');
  const textOrNull = (name: string) => (cells[name] === null || cells[name] === undefined ? null : text(name));
  return {
    at: Number(cells.time),
    alarmId: text('alarmId'),
    seq: Number(cells.seq ?? 0),
    site: text('site'),
    area: text('area'),
    rule: text('rule'),
    instance: text('instance'),
    episode: Number(cells.episode ?? 0),
    event: text('event'),
    state: text('state'),
    overlay: textOrNull('overlay'),
    priority: text('priority'),
    limit: typeof cells.limit === 'number' ? cells.limit : null,
    summary: text('summary'),
    actor: textOrNull('actor'),
    comment: textOrNull('comment'),
    command: textOrNull('command'),
    commandReason: textOrNull('commandReason'),
    historical: cells.historical === true,
    shadow: cells.shadow === true,
  };
}
