// A series over the range that is shown, in four numbers. Pure.

import type { TrendSeries } from '../../api/history.ts';

export type Statistics = {
  readonly min: number;
  /** By the points of each bucket: a mean of means would count a calm hour as little as a moment. */
  readonly mean: number;
  readonly max: number;
  readonly last: number;
};

/** undefined where there is no number. */
export function statisticsOf({
  min,
  max,
  mean,
  count,
}: Pick<TrendSeries, 'min' | 'max' | 'mean' | 'count'>): Statistics | undefined {
  const last = mean.at(-1);
  if (last === undefined) return undefined;
  const points = count.reduce((sum, n) => sum + n, 0);
  const sum = mean.reduce((total, value, i) => total + value * (count[i] ?? 0), 0);
  return {
    min: min.reduce((a, b) => Math.min(a, b)),
    max: max.reduce((a, b) => Math.max(a, b)),
    mean: points === 0 ? last : sum / points,
    last,
  };
}
