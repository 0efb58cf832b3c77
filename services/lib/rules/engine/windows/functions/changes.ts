// changes: how often a sample's value differs from that of the sample before it, both in the window. Values are compared as
// they are: 1, true and '1' are three values.

import type { Gauge } from '../gauge.ts';
import { NeighbourSum } from '../neighbour-sum.ts';
import type { Samples } from '../samples.ts';

export function openChanges(samples: Samples): Gauge {
  const changes = new NeighbourSum(samples, (index) => (samples.valueOf(index) === samples.valueOf(index + 1) ? 0 : 1));
  return {
    joined: () => changes.joined(),
    leaving: () => changes.leaving(),
    parting: (from, to) => changes.parting(from, to),
    paired: (from, to) => changes.paired(from, to),
    value: () => changes.total,
  };
}
