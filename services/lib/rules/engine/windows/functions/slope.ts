// slope: least squares of the value over time. Kept as means and products around the means (see spread.ts), the mean moment
// counted from the stretch's first sample: a moment since 1970 squared would leave no digit for the milliseconds.

import type { Fold } from '../fold.ts';

const COUNT = 0;
const BEGINS_AT = 1;
const MEAN_MS = 2;
const MEAN = 3;
const TIME_SQUARES = 4;
const PRODUCTS = 5;

export const slope: Fold = {
  width: 6,
  start({ sums, from }, at, value) {
    sums[from + COUNT] = 1;
    sums[from + BEGINS_AT] = at;
    sums[from + MEAN_MS] = 0;
    sums[from + MEAN] = value;
    sums[from + TIME_SQUARES] = 0;
    sums[from + PRODUCTS] = 0;
  },
  extend({ sums, from }, at, value) {
    const before = sums[from + COUNT] as number;
    const meanMs = sums[from + MEAN_MS] as number;
    const mean = sums[from + MEAN] as number;
    const aheadMs = at - (sums[from + BEGINS_AT] as number) - meanMs;
    const above = value - mean;
    const share = 1 / (before + 1);
    const weight = aheadMs * before * share;
    sums[from + COUNT] = before + 1;
    sums[from + MEAN_MS] = meanMs + aheadMs * share;
    sums[from + MEAN] = mean + above * share;
    sums[from + TIME_SQUARES] = (sums[from + TIME_SQUARES] as number) + aheadMs * weight;
    sums[from + PRODUCTS] = (sums[from + PRODUCTS] as number) + above * weight;
  },
  absorb({ sums, from }, { sums: right, from: at }) {
    const leftCount = sums[from + COUNT] as number;
    const rightCount = right[at + COUNT] as number;
    const laterMs = (right[at + BEGINS_AT] as number) - (sums[from + BEGINS_AT] as number);
    const aheadMs = laterMs + (right[at + MEAN_MS] as number) - (sums[from + MEAN_MS] as number);
    const above = (right[at + MEAN] as number) - (sums[from + MEAN] as number);
    const share = rightCount / (leftCount + rightCount);
    const weight = leftCount * share;
    sums[from + COUNT] = leftCount + rightCount;
    sums[from + MEAN_MS] = (sums[from + MEAN_MS] as number) + aheadMs * share;
    sums[from + MEAN] = (sums[from + MEAN] as number) + above * share;
    const squares = (sums[from + TIME_SQUARES] as number) + (right[at + TIME_SQUARES] as number);
    sums[from + TIME_SQUARES] = squares + aheadMs * aheadMs * weight;
    const products = (sums[from + PRODUCTS] as number) + (right[at + PRODUCTS] as number);
    sums[from + PRODUCTS] = products + aheadMs * above * weight;
  },
  value({ sums, from }, _count, perMs) {
    return ((sums[from + PRODUCTS] as number) / (sums[from + TIME_SQUARES] as number)) * perMs;
  },
  whole(samples, perMs) {
    const { first, end, count } = samples;
    const beginsAt = samples.timeOf(first);
    let [sumMs, sum] = [0, 0];
    for (let i = first; i < end; i++) {
      sumMs += samples.timeOf(i) - beginsAt;
      sum += samples.numberOf(i);
    }
    const [meanMs, mean] = [sumMs / count, sum / count];
    let [squares, products] = [0, 0];
    for (let i = first; i < end; i++) {
      const aheadMs = samples.timeOf(i) - beginsAt - meanMs;
      squares += aheadMs * aheadMs;
      products += aheadMs * (samples.numberOf(i) - mean);
    }
    return (products / squares) * perMs;
  },
};
