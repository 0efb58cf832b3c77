// From buckets to lines. An empty bucket between two values is only a gap where they are too far apart to be joined. Pure.

import type { Trend, TrendSeries } from '../../api/history.ts';

/** As uPlot wants it: undefined is joined over, null breaks the line. */
export type Column = (number | null | undefined)[];
export type Line = { readonly min: Column; readonly max: Column; readonly mean: Column };
export type Lines = {
  /** Seconds; common to all lines. */
  readonly at: number[];
  /** In the order of the series; of one without numbers nothing but undefined. */
  readonly lines: readonly Line[];
};

type Bucketed = Pick<TrendSeries, 'at' | 'min' | 'max' | 'mean' | 'gapMs'>;
export type Gap = { readonly from: number; readonly to: number };

/** Where nothing is known, from the end of a bucket to the begin of the next. */
export function gapsOf({ at, gapMs }: Pick<Bucketed, 'at' | 'gapMs'>, intervalMs: number): Gap[] {
  return at.flatMap((to, i) => {
    const before = at[i - 1];
    return before !== undefined && to - before > gapMs ? [{ from: before + intervalMs, to }] : [];
  });
}

export function linesOf({
  series,
  intervalMs,
}: Pick<Trend, 'intervalMs'> & { readonly series: readonly Bucketed[] }): Lines {
  const breaks = series.map((each) => gapsOf(each, intervalMs).map(({ from }) => from));
  const at = [...new Set([...series.flatMap((each) => each.at), ...breaks.flat()])].sort((a, b) => a - b);
  const rowOf = new Map(at.map((moment, row) => [moment, row]));
  const lines = series.map((each, i) => {
    const columns: Line = { min: empty(at.length), max: empty(at.length), mean: empty(at.length) };
    for (const name of ['min', 'max', 'mean'] as const) {
      for (const moment of breaks[i] ?? []) columns[name][rowOf.get(moment) ?? -1] = null;
      for (const [k, moment] of each.at.entries()) columns[name][rowOf.get(moment) ?? -1] = each[name][k];
    }
    return columns;
  });
  return { at: at.map((ms) => ms / 1_000), lines };
}

function empty(length: number): Column {
  return Array.from({ length }, () => undefined);
}

/** Rows whose value has no neighbour to be joined with: without a dot nobody would see them. */
export function lonelyRows(column: Column): number[] {
  const known = column.flatMap((value, row) => (value === undefined ? [] : [{ value, row }]));
  return known.flatMap(({ value, row }, i) =>
    value !== null && typeof known[i - 1]?.value !== 'number' && typeof known[i + 1]?.value !== 'number' ? [row] : [],
  );
}
