// rate: by how much a counter has grown per time, from the oldest sample to the newest. A drop is a reset: the counter began
// again at 0, so that its new value is what it has grown by since. Nothing is extrapolated to the window's edges.

import type { Fold } from '../fold.ts';

const FIRST_AT = 0;
const FIRST = 1;
const LAST_AT = 2;
const LAST = 3;
const GROWTH = 4;

export const rate: Fold = {
  width: 5,
  start({ sums, from }, at, value) {
    sums[from + FIRST_AT] = at;
    sums[from + FIRST] = value;
    sums[from + LAST_AT] = at;
    sums[from + LAST] = value;
    sums[from + GROWTH] = 0;
  },
  extend({ sums, from }, at, value) {
    const before = sums[from + LAST] as number;
    sums[from + GROWTH] = (sums[from + GROWTH] as number) + (value < before ? value : value - before);
    sums[from + LAST_AT] = at;
    sums[from + LAST] = value;
  },
  absorb({ sums, from }, { sums: right, from: at }) {
    const [before, after] = [sums[from + LAST] as number, right[at + FIRST] as number];
    const growth = after < before ? after : after - before;
    sums[from + GROWTH] = (sums[from + GROWTH] as number) + growth + (right[at + GROWTH] as number);
    sums[from + LAST_AT] = right[at + LAST_AT] as number;
    sums[from + LAST] = right[at + LAST] as number;
  },
  value({ sums, from }, _count, perMs) {
    const spanMs = (sums[from + LAST_AT] as number) - (sums[from + FIRST_AT] as number);
    return ((sums[from + GROWTH] as number) / spanMs) * perMs;
  },
  whole(samples, perMs) {
    let last = samples.numberOf(samples.first);
    let growth = 0;
    for (let i = samples.first + 1; i < samples.end; i++) {
      const value = samples.numberOf(i);
      growth += value < last ? value : value - last;
      last = value;
    }
    return (growth / (samples.newestAt - samples.oldestAt)) * perMs;
  },
};
