// Rows of several fields side by side, in the order of time: of one series, and of all members of a tag set merged. Read
// lazily, so that LIMIT 1 of a million reads one page.

import type { Budget } from './budget.ts';
import { isTrue } from './evaluate.ts';
import type { Cell } from './result.ts';
import type { Page, Scan, StoredSeries } from './store.ts';
import type { Member } from './tag-sets.ts';

export type SampleRow = {
  readonly time: number;
  /** Index in the tag set. */
  readonly member: number;
  /** In the order of the fields that were asked for. */
  readonly values: readonly Cell[];
};

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
function* memberRows(
  { series, filter }: Member,
  member: number,
  fields: readonly string[],
  scan: Scan,
  budget: Budget,
): Generator<SampleRow> {
  const rows = seriesRows(series, member, fields, scan, budget);
  if (filter === undefined) return yield* rows;
  const places = new Map(fields.map((field, i) => [field, i]));
  for (const row of rows) {
    const passes = isTrue(filter, {
      ref: ({ name, cast }) => {
        const place = cast === 'tag' ? undefined : places.get(name);
        return place === undefined ? (series.tags.get(name) ?? '') : (row.values[place] ?? null);
      },
      call: () => null,
    });
    if (passes) yield row;
  }
}

/** All members' rows in the order of time; at one moment in the order of the series. */
export function* mergedRows(
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
