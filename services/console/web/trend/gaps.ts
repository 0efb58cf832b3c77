// From buckets to a line: an empty bucket between two values is only a gap where they are too far apart to be joined.

import type { Trend } from '../../api/history.ts';

/** Columns as uPlot wants them: seconds, then min, max and mean; a row of nulls breaks the line. */
export type Lines = [at: number[], min: (number | null)[], max: (number | null)[], mean: (number | null)[]];

export function linesOf(trend: Trend): Lines {
  const lines: Lines = [[], [], [], []];
  let lastAt: number | undefined;
  for (const [i, at] of trend.at.entries()) {
    const mean = trend.mean[i] ?? null;
    if (mean === null) continue;
    if (lastAt !== undefined && at - lastAt > trend.gapMs) addRow(lines, lastAt + trend.intervalMs, null, null, null);
    addRow(lines, at, trend.min[i] ?? null, trend.max[i] ?? null, mean);
    lastAt = at;
  }
  return lines;
}

function addRow(
  lines: Lines,
  atMs: number,
  ...cells: [min: number | null, max: number | null, mean: number | null]
): void {
  lines[0].push(atMs / 1_000);
  lines[1].push(cells[0]);
  lines[2].push(cells[1]);
  lines[3].push(cells[2]);
}

export type Extent = { readonly low: number; readonly high: number; readonly last: number };

/** What the picture says, for those who do not see it; undefined where there is none. */
export function extentOf([, min, max, mean]: Lines): Extent | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of min) if (value !== null && value < low) low = value;
  for (const value of max) if (value !== null && value > high) high = value;
  const last = mean.findLast((value) => value !== null);
  return last === undefined || last === null ? undefined : { low, high, last };
}
