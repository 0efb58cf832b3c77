// stddev: the sample standard deviation (n - 1). Kept as mean and squares around the mean, which hold for values with a large
// common part, where a sum of squares would cancel to noise (Chan, Golub, LeVeque 1979: "Updating Formulae and a Pairwise
// Algorithm for Computing Sample Variances").

import type { Fold } from '../fold.ts';

const COUNT = 0;
const MEAN = 1;
const SQUARES = 2;

export const spread: Fold = {
  width: 3,
  start({ sums, from }, _at, value) {
    sums[from + COUNT] = 1;
    sums[from + MEAN] = value;
    sums[from + SQUARES] = 0;
  },
  extend({ sums, from }, _at, value) {
    const count = (sums[from + COUNT] as number) + 1;
    const difference = value - (sums[from + MEAN] as number);
    const share = difference / count;
    sums[from + COUNT] = count;
    sums[from + MEAN] = (sums[from + MEAN] as number) + share;
    sums[from + SQUARES] = (sums[from + SQUARES] as number) + difference * share * (count - 1);
  },
  absorb({ sums, from }, right) {
    const [leftCount, leftMean] = [sums[from + COUNT] as number, sums[from + MEAN] as number];
    const rightCount = right.sums[right.from + COUNT] as number;
    const count = leftCount + rightCount;
    const difference = (right.sums[right.from + MEAN] as number) - leftMean;
    const share = rightCount / count;
    sums[from + COUNT] = count;
    sums[from + MEAN] = leftMean + difference * share;
    sums[from + SQUARES] =
      (sums[from + SQUARES] as number) +
      (right.sums[right.from + SQUARES] as number) +
      difference * difference * leftCount * share;
  },
  value: ({ sums, from }, count) => Math.sqrt((sums[from + SQUARES] as number) / (count - 1)),
  whole(samples) {
    const { first, end, count } = samples;
    let sum = 0;
    for (let i = first; i < end; i++) sum += samples.numberOf(i);
    const mean = sum / count;
    let squares = 0;
    for (let i = first; i < end; i++) squares += (samples.numberOf(i) - mean) ** 2;
    return Math.sqrt(squares / (count - 1));
  },
};
