// min and max of the samples.

import type { Fold } from '../fold.ts';

function extreme(better: (a: number, b: number) => number): Fold {
  return {
    width: 1,
    start(into, _at, value) {
      into.sums[into.from] = value;
    },
    extend({ sums, from }, _at, value) {
      sums[from] = better(sums[from] as number, value);
    },
    absorb(left, right) {
      left.sums[left.from] = better(left.sums[left.from] as number, right.sums[right.from] as number);
    },
    value: (of) => of.sums[of.from],
    whole(samples) {
      let best = samples.numberOf(samples.first);
      for (let i = samples.first + 1; i < samples.end; i++) best = better(best, samples.numberOf(i));
      return best;
    },
  };
}

export const minimum: Fold = extreme((a, b) => (b < a ? b : a));
export const maximum: Fold = extreme((a, b) => (b > a ? b : a));
