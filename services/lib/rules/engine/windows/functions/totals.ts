// sum and avg: the samples count alike, however long each was held.

import type { Fold } from '../fold.ts';

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
};

export const average: Fold = {
  ...total,
  value: (of, count) => (of.sums[of.from] as number) / count,
};
