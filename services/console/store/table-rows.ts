// Rows of a table by the names of its columns: a store that has never seen a field may leave its column out.

import type { Cell, Table } from './influx.ts';

export type Row = { readonly [column: string]: Cell | undefined };

export function rowsOf({ columns, rows }: Table): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])));
}

export function numberIn(row: Row, column: string): number | null {
  const cell = row[column];
  return typeof cell === 'number' ? cell : null;
}

export function textIn(row: Row, column: string): string {
  return String(row[column] ?? '');
}
