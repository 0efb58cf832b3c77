// Rows of several fields side by side, in the order of time: of one series, and of all members of a tag set merged. Read
// lazily, so that LIMIT 1 of a million reads one page.

import type { Expr } from './ast.ts';
import type { Budget } from './budget.ts';
import { fieldRefs } from './condition.ts';
import { isTrue, type Row } from './evaluate.ts';
import { isNumeric } from './number.ts';
import type { Cell } from './result.ts';
import type { FieldType, Page, Scan, StoredMeasurement, StoredSeries } from './store.ts';
import type { Member } from './tag-sets.ts';

export type SampleRow = {
  readonly time: number;
  /** Index in the tag set. */
  readonly member: number;
  /** In the order of the fields that were asked for. */
  readonly values: readonly Cell[];
};

/** A series that has rows of its own, several of one moment perhaps: the answer to an inner query. */
export interface RowSeries extends StoredSeries {
  /** Those that the inner query itself groups by; the others are there for the outer one to group by. */
  readonly shownTags: ReadonlySet<string>;
  rows(fields: readonly string[], scan: Scan): Iterable<Omit<SampleRow, 'member'>>;
}

export function hasRows(series: StoredSeries): series is RowSeries {
  return 'rows' in series;
}

/** A tag as a column shows it. */
export function shownTag(series: StoredSeries | undefined, name: string): Cell {
  if (series === undefined || (hasRows(series) && !series.shownTags.has(name))) return null;
  return series.tags.get(name) ?? null;
}

/** The fields that a member's filter reads. */
export function filterFields({ filter }: Member, measurement: StoredMeasurement): string[] {
  return fieldRefs(filter, measurement).map(({ name }) => name);
}

/** `x::integer` of a float cuts it off; a cast between a number and anything else finds nothing. */
export function castValue(value: Cell, type: FieldType): Cell {
  if (value === null) return null;
  if (type === 'integer') return isNumeric(value) ? (typeof value === 'number' ? Math.trunc(value) : value) : null;
  if (type === 'float') return isNumeric(value) ? Number(value) : null;
  return typeof value === type ? value : null;
}

class Cursor {
  readonly #pages: Iterator<Page>;
  readonly #budget: Budget;
  #page: Page | undefined;
  #index = 0;

  constructor(pages: Iterable<Page>, budget: Budget) {
    this.#pages = pages[Symbol.iterator]();
    this.#budget = budget;
    this.#turn();
  }

  #turn(): void {
    const next = this.#pages.next();
    this.#page = next.done === true ? undefined : next.value;
    this.#index = 0;
    if (this.#page !== undefined) this.#budget.spendPoints(this.#page.times.length);
  }

  /** Undefined at the end. */
  get time(): number | undefined {
    return this.#page?.times[this.#index];
  }

  take(): Cell {
    const value = this.#page?.values[this.#index] ?? null;
    this.#index++;
    if (this.#page !== undefined && this.#index >= this.#page.times.length) this.#turn();
    return value;
  }
}

/** Rows of one series: one per moment at which any of the fields has a sample. */
function* seriesRows(
  series: StoredSeries,
  member: number,
  fields: readonly string[],
  scan: Scan,
  budget: Budget,
): Generator<SampleRow> {
  if (hasRows(series)) {
    for (const { time, values } of series.rows(fields, scan)) yield { time, member, values };
    return;
  }
  const [lone] = fields;
  if (lone !== undefined && fields.length === 1) {
    for (const { times, values } of series.pages(lone, scan)) {
      budget.spendPoints(times.length);
      for (let i = 0; i < times.length; i++) yield { time: times[i] as number, member, values: [values[i] ?? null] };
    }
    return;
  }
  const cursors = fields.map((field) => new Cursor(series.pages(field, scan), budget));
  const earlier = scan.descending ? Math.max : Math.min;
  for (;;) {
    let time: number | undefined;
    for (const cursor of cursors) {
      if (cursor.time !== undefined) time = time === undefined ? cursor.time : earlier(time, cursor.time);
    }
    if (time === undefined) return;
    yield { time, member, values: cursors.map((cursor) => (cursor.time === time ? cursor.take() : null)) };
  }
}

/** The rows of a member that its filter lets pass; `fields` must hold the filter's. */
function memberRows(
  { series, filter }: Member,
  member: number,
  fields: readonly string[],
  scan: Scan,
  budget: Budget,
): Generator<SampleRow> {
  const rows = seriesRows(series, member, fields, scan, budget);
  return filter === undefined ? rows : filtered(rows, series, filter, fields);
}

function* filtered(
  rows: Iterable<SampleRow>,
  series: StoredSeries,
  filter: Expr,
  fields: readonly string[],
): Generator<SampleRow> {
  const places = new Map(fields.map((field, i) => [field, i]));
  let values: readonly Cell[] = [];
  const tested: Row = {
    ref: ({ name, cast }) => {
      const place = cast === 'tag' && !hasRows(series) ? undefined : places.get(name);
      return place === undefined ? (series.tags.get(name) ?? '') : (values[place] ?? null);
    },
    call: () => null,
  };
  for (const row of rows) {
    values = row.values;
    if (isTrue(filter, tested)) yield row;
  }
}

/** All members' rows in the order of time; at one moment in the order of the series. */
export function mergedRows(
  members: readonly Member[],
  fields: readonly string[],
  scan: Scan,
  budget: Budget,
): Generator<SampleRow> {
  const [only] = members;
  if (only !== undefined && members.length === 1) return memberRows(only, 0, fields, scan, budget);
  return merged(members, fields, scan, budget);
}

function* merged(
  members: readonly Member[],
  fields: readonly string[],
  scan: Scan,
  budget: Budget,
): Generator<SampleRow> {
  const sign = scan.descending ? -1 : 1;
  const isBefore = (a: Head, b: Head) =>
    a.row.time === b.row.time ? a.row.member < b.row.member : sign * a.row.time < sign * b.row.time;
  const heap: Head[] = [];
  for (const [i, member] of members.entries()) {
    const rows = memberRows(member, i, fields, scan, budget);
    const first = rows.next();
    if (first.done !== true) push(heap, { row: first.value, rows }, isBefore);
  }
  for (let head = heap[0]; head !== undefined; head = heap[0]) {
    yield head.row;
    const next = head.rows.next();
    if (next.done !== true) {
      head.row = next.value;
      sink(heap, isBefore);
    } else {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) {
        heap[0] = last;
        sink(heap, isBefore);
      }
    }
  }
}

type Head = { row: SampleRow; readonly rows: Iterator<SampleRow> };
type Before = (a: Head, b: Head) => boolean;

function push(heap: Head[], head: Head, isBefore: Before): void {
  let at = heap.push(head) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(head, heap[parent] as Head)) break;
    heap[at] = heap[parent] as Head;
    at = parent;
  }
  heap[at] = head;
}

function sink(heap: Head[], isBefore: Before): void {
  const head = heap[0] as Head;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Head, heap[child] as Head)) child++;
    if (!isBefore(heap[child] as Head, head)) break;
    heap[at] = heap[child] as Head;
    at = child;
  }
  heap[at] = head;
}
