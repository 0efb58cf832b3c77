// The table that is printed: a row per measure, a column per store, and ours as a multiple of the other where both are there.

import type { Store } from './store.ts';

/** NaN where there is nothing to tell. */
export type Row = readonly [label: string, value: number, digits?: number];

const LABEL_WIDTH = 46;
const CELL_WIDTH = 16;

const line = (label: string, cells: readonly string[]) =>
  console.log(label.padEnd(LABEL_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join(''));

/** @param columns the same rows of each store; those of our own come first */
export function printTable(title: string, stores: readonly Store[], columns: readonly (readonly Row[])[]): void {
  const names = stores.map(({ kind }) => kind);
  console.log(`\n${title}`);
  line('', [...names, ...(names.length === 2 ? ['ratio'] : [])]);
  for (const [i, [label]] of (columns[0] ?? []).entries()) {
    const values = columns.map((rows) => rows[i] ?? ([label, Number.NaN] as const));
    const [ours = Number.NaN, theirs = Number.NaN] = values.map(([, value]) => value);
    line(`  ${label}`, [...values.map(format), ...(names.length === 2 ? [ratio(ours / theirs)] : [])]);
  }
}

function format([, value, digits = 0]: Row): string {
  if (!Number.isFinite(value)) return '–';
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const ratio = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : '–');
