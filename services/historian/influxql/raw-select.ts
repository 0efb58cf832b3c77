// Rows of a SELECT without functions: samples as they were stored, over one tag set, as few as LIMIT lets through.

import type { Ref } from './ast.ts';
import { filterFields, type Reading } from './call-samples.ts';
import type { Column } from './columns.ts';
import { isField } from './condition.ts';
import { evaluate, visit } from './evaluate.ts';
import { isNumeric } from './number.ts';
import type { Cell } from './result.ts';
import { mergedRows } from './sample-rows.ts';
import type { FieldType } from './store.ts';

const ROWS_PER_TURN = 2_048;

/** In the order that the query asks for, LIMIT and OFFSET applied; the first cell is the time. */
export function* rawRows(reading: Reading, columns: readonly Column[]): Generator<undefined, Cell[][]> {
  const { plan, measurement, members, budget } = reading;
  const own = fieldsOf(columns, reading);
  // Tags alone select nothing: a row exists where a field has a sample.
  if (own.length === 0) return [];
  const fields = [...new Set([...own, ...members.flatMap((member) => filterFields(member, measurement))])];
  const places = new Map(fields.map((field, i) => [field, i]));
  const { from, to, descending, offset } = plan;
  const end = offset + plan.limit;
  const expected = end / Math.max(1, members.length);
  const scan = { from, to, descending, ...(Number.isFinite(expected) && { expected }) };
  const rows: Cell[][] = [];
  let index = 0;
  for (const { time, member, values } of mergedRows(members, fields, scan, budget)) {
    if (++index % ROWS_PER_TURN === 0) yield;
    if (!own.some((_, place) => values[place] !== null)) {
      index--;
      continue;
    }
    if (index > offset) {
      budget.spendRows(1);
      const tags = members[member]?.series.tags;
      const row = {
        ref: (ref: Ref) => {
          if (!isField(ref, measurement)) return tags?.get(ref.name) ?? null;
          return cast(ref, values[places.get(ref.name) ?? -1] ?? null);
        },
        call: () => null,
      };
      rows.push([time, ...columns.map(({ expr }) => evaluate(expr, row))]);
    }
    if (index >= end) break;
  }
  return rows;
}

function fieldsOf(columns: readonly Column[], { measurement }: Reading): string[] {
  const names = new Set<string>();
  for (const { expr } of columns) {
    visit(
      expr,
      () => {},
      (ref) => {
        const type = isField(ref, measurement) ? measurement.fields.get(ref.name) : undefined;
        if (type !== undefined && canCast(ref, type)) names.add(ref.name);
      },
    );
  }
  return [...names];
}

const CAST_TYPES: ReadonlySet<string> = new Set(['float', 'integer']);

function canCast({ cast }: Ref, type: FieldType): boolean {
  if (cast === undefined || cast === 'field' || cast === type) return true;
  return CAST_TYPES.has(cast) && CAST_TYPES.has(type);
}

/** `x::integer` of a float cuts it off; a cast between a number and anything else finds nothing. */
function cast(ref: Ref, value: Cell): Cell {
  if (ref.cast === undefined || ref.cast === 'field' || value === null) return value;
  if (ref.cast === 'integer') return isNumeric(value) ? (typeof value === 'number' ? Math.trunc(value) : value) : null;
  if (ref.cast === 'float') return isNumeric(value) ? Number(value) : null;
  return typeof value === ref.cast ? value : null;
}
