// Samples of one track, page by page: no statement stays open between pages, so that writes and other queries may come
// in between, and memory is bounded by a page.

import type { FieldType, Page, SampleValue, Scan } from '../influxql/store.ts';
import type { SqliteFile } from './sqlite-file.ts';

// Large enough that the statement's start does not count, small enough that a page is read within a few milliseconds.
const FIRST_PAGE = 1_024;
const PAGE_MAX = 8_192;

const SELECT = 'SELECT time, value FROM sample WHERE track_id = ? AND time >= ? AND time <= ?';
const ASCENDING = `${SELECT} ORDER BY time LIMIT ?`;
const DESCENDING = `${SELECT} ORDER BY time DESC LIMIT ?`;

export function* samplePages(file: SqliteFile, track: number, type: FieldType, scan: Scan): Generator<Page> {
  let { from, to } = scan;
  let limit = Math.max(1, Math.min(Math.ceil(scan.expected ?? FIRST_PAGE), PAGE_MAX));
  const sql = scan.descending ? DESCENDING : ASCENDING;
  while (from <= to) {
    const rows = file.rows(sql, track, from, to, limit);
    if (rows.length === 0) return;
    const times = Float64Array.from(rows, ([time]) => time as number);
    yield { times, values: rows.map(([, value]) => read(type, value as number | string)) };
    if (rows.length < limit) return;
    const last = times.at(-1) as number;
    if (scan.descending) to = last - 1;
    else from = last + 1;
    limit = Math.min(limit * 4, PAGE_MAX);
  }
}

function read(type: FieldType, value: number | string): SampleValue {
  if (type === 'boolean') return value === 1;
  return type === 'integer' && typeof value === 'string' ? BigInt(value) : value;
}
