// sum and avg: the samples count alike, however long each was held.

import type { Fold } from '../fold.ts';
import type { Samples } from '../samples.ts';

function sumOf(samples: Samples): number {
  let sum = 0;
  for (let i = samples.first; i < samples.end; i++) sum += samples.numberOf(i);
  return sum;
}

export const total: Fold = {
  width: 1,
  start(into, _at, value) {
    into.sums[into.from] = value;
  },
  extend({ sums, from }, _at, value) {
    sums[from] = (sums[from] as number) + value;
  },
  absorb(left, right) {
    left.sums[left.from] = (left.sums[left.from] as number) + (right.sums[right.from] as number);
  },
  value: (of) => of.sums[of.from],
  whole: sumOf,
};

export const average: Fold = {
  ...total,
  value: (of, count) => (of.sums[of.from] as number) / count,
  whole: (samples) => sumOf(samples) / samples.count,
};
