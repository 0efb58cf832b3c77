// The alarm journal as the store keeps it, newest first. Entries of earlier releases have fewer fields, and a store that has
// never seen a field has no column for it: absent is null, or false.

import { z } from 'zod';
import type { JournalPage, JournalRow } from '../api/history.ts';
import { inputSnapshot } from '../plant/schemas.ts';
import type { Cell, Store } from './influx.ts';
import { type JournalFilter, journalQuery, type Range, type Slice } from './influxql.ts';

/** @throws StoreError */
export async function readJournal(
  store: Store,
  database: string,
  filter: JournalFilter,
  slice: Slice,
): Promise<JournalRow[]> {
  const { columns, rows } = await store.query(journalQuery(database, filter, slice));
  return rows.map((row) => toRow(Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))));
}

/** Behind which entry a page begins: `skip` entries of the moment `at` have been told already. */
export type JournalPlace = { readonly at: number; readonly skip: number };

export function parsePlace(cursor: string): JournalPlace | undefined {
  const [, at, skip] = /^(\d{1,15})\.(\d{1,9})$/.exec(cursor) ?? [];
  return at === undefined ? undefined : { at: Number(at), skip: Number(skip) };
}

export type JournalSearch = {
  readonly filter: JournalFilter;
  readonly range: Range;
  readonly limit: number;
  /** Undefined: from the newest. */
  readonly from: JournalPlace | undefined;
  /** Looked for here and not by the store: each kind of store has other regular expressions, and some have none. */
  readonly matches: ((entry: JournalRow) => boolean) | undefined;
};

/** Entries that one look for words takes from the store at a time, and in all: a page may then hold less than was asked for. */
const SCAN_ROWS = 1_000;
const SCAN_ROWS_MAX = 5_000;

/** @throws StoreError */
export async function readJournalPage(store: Store, database: string, search: JournalSearch): Promise<JournalPage> {
  const { filter, range, limit, matches } = search;
  const entries: JournalRow[] = [];
  let place = search.from ?? { at: range.to - 1, skip: 0 };
  for (let scanned = 0; scanned < SCAN_ROWS_MAX; ) {
    const asked = matches === undefined ? limit : SCAN_ROWS;
    const slice = { from: range.from, to: place.at + 1, offset: place.skip, limit: asked + 1 };
    const rows = await readJournal(store, database, filter, slice);
    const isLast = rows.length <= asked;
    for (const [i, row] of rows.slice(0, asked).entries()) {
      place = { at: row.at, skip: row.at === place.at ? place.skip + 1 : 1 };
      if (matches?.(row) !== false) entries.push(row);
      if (entries.length === limit) return { entries, next: isLast && i === rows.length - 1 ? null : format(place) };
    }
    if (isLast) return { entries, next: null };
    scanned += asked;
  }
  return { entries, next: format(place) };
}

function format({ at, skip }: JournalPlace): string {
  return `${at}.${skip}`;
}

const inputs = z.record(z.string(), inputSnapshot);

function toRow(cells: { readonly [column: string]: Cell }): JournalRow {
  const text = (name: string) => String(cells[name] ?? '');
  const textOrNull = (name: string) => (cells[name] === null || cells[name] === undefined ? null : text(name));
  const numberOrNull = (name: string) => (typeof cells[name] === 'number' ? cells[name] : null);
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
    limit: numberOrNull('limit'),
    summary: text('summary'),
    inputs: readInputs(text('inputs')),
    sinceActiveMs: numberOrNull('sinceActiveMs'),
    actor: textOrNull('actor'),
    comment: textOrNull('comment'),
    command: textOrNull('command'),
    commandReason: textOrNull('commandReason'),
    historical: cells.historical === true,
    shadow: cells.shadow === true,
  };
}

function readInputs(text: string): JournalRow['inputs'] {
  try {
    return inputs.parse(JSON.parse(text));
  } catch {
    return {}; // of an earlier release, or of nobody we know
  }
}
