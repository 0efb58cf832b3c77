// Rows of a SELECT without functions: samples as they were stored, over one tag set, one after another.

import type { Expr, Ref } from './ast.ts';
import type { Reading } from './call-samples.ts';
import type { Column } from './columns.ts';
import { isField } from './condition.ts';
import { evaluate, type Row, visit } from './evaluate.ts';
import { typeOf, typeOfRef } from './expression-type.ts';
import { gapOf } from './fill.ts';
import type { Cell } from './result.ts';
import { castValue, filterFields, hasRows, mergedRows, shownTag } from './sample-rows.ts';
import { type FieldType, type StoredSeries, TIME_MIN } from './store.ts';

const ROWS_PER_TURN = 1_000;

type Source = { readonly type: FieldType | undefined; readonly place: number | undefined; shown: Cell };

/** A turn's rows at a time, in the order that the query asks for, LIMIT and OFFSET applied; the first cell is the time. */
export function* rawRows(reading: Reading, columns: readonly Column[]): Generator<Cell[][]> {
  const { plan, measurement, members, budget } = reading;
  const own = fieldsOf(columns, reading);
  // Tags alone select nothing: a row exists where a field has a sample.
  if (own.length === 0) return;
  const fields = [...new Set([...own, ...members.flatMap((member) => filterFields(member, measurement))])];
  // An inner query's rows are all meant, also those that show nothing, and those dated before the range that it kept to.
  const isInner = members.some(({ series }) => hasRows(series));
  const { to, descending, offset } = plan;
  const from = isInner ? TIME_MIN : plan.from;
  const end = offset + plan.limit;
  const expected = end / Math.max(1, members.length);
  const scan = { from, to, descending, ...(Number.isFinite(expected) && { expected }) };
  const row = new RawRow(reading, fields);
  let rows: Cell[][] = [];
  let index = 0;
  let read = 0;
  for (const { time, member, values } of mergedRows(members, fields, scan, budget)) {
    const isShown = isInner || own.some((_, place) => values[place] !== null);
    if (isShown && ++index > offset) {
      row.values = values;
      row.series = members[member]?.series;
      rows.push([time, ...columns.map(({ expr }) => evaluate(expr, row))]);
    }
    if (index >= end) break;
    if (++read % ROWS_PER_TURN !== 0) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

/** What expressions see of the row at hand. */
class RawRow implements Row {
  readonly #reading: Reading;
  readonly #places: ReadonlyMap<string, number>;
  readonly #sources = new Map<Ref, Source>();
  values: readonly Cell[] = [];
  series: StoredSeries | undefined;

  constructor(reading: Reading, fields: readonly string[]) {
    this.#reading = reading;
    this.#places = new Map(fields.map((field, i) => [field, i]));
  }

  ref(ref: Ref): Cell {
    const source = this.#sourceOf(ref);
    const { type, place } = source;
    const value = place === undefined ? shownTag(this.series, ref.name) : this.#valueAt(place, type);
    const gap = value ?? gapOf(this.#reading.plan.fill, type);
    if (gap !== undefined) source.shown = gap;
    return source.shown;
  }

  #valueAt(place: number, type: FieldType | undefined): Cell {
    return type === undefined ? null : castValue(this.values[place] ?? null, type);
  }

  #sourceOf(ref: Ref): Source {
    let source = this.#sources.get(ref);
    if (source === undefined) {
      const { measurement } = this.#reading;
      const place = isField(ref, measurement) ? (this.#places.get(ref.name) ?? -1) : undefined;
      source = { type: typeOfRef(ref, measurement), place, shown: null };
      this.#sources.set(ref, source);
    }
    return source;
  }

  call(): Cell {
    return null;
  }

  isInteger(expr: Expr): boolean {
    return typeOf(expr, this.#reading.measurement) === 'integer';
  }
}

function fieldsOf(columns: readonly Column[], { measurement, members }: Reading): string[] {
  const isInner = members.some(({ series }) => hasRows(series));
  const isKnown = (ref: Ref) => typeOfRef(ref, measurement) !== undefined;
  const isTyped = ({ cast }: Ref) => cast !== undefined && cast !== 'field';
  const isWanted = (ref: Ref) => (isInner ? isKnown(ref) || isTyped(ref) : isField(ref, measurement) && isKnown(ref));
  const names = new Set<string>();
  for (const { expr } of columns) {
    visit(
      expr,
      () => {},
      (ref) => {
        if (isWanted(ref)) names.add(ref.name);
      },
    );
  }
  return [...names];
}
