// timeIn: for how many seconds of the window the held value was true. A sample that has left the window is still held at its
// left edge, so that the value may be known though the window holds no sample.

import type { Gauge } from '../gauge.ts';
import { HeldTime } from '../held-time.ts';
import type { Samples } from '../samples.ts';
import type { WindowSpec } from '../window-spec.ts';

export function openTimeIn(samples: Samples, spec: WindowSpec): Gauge {
  const held = new HeldTime(samples, spec, (flag) => flag === 1);
  return {
    held,
    joined: () => held.joined(),
    leaving: () => held.leaving(),
    emptied: () => held.emptied(),
    parting: (from, to) => held.parting(from, to),
    paired: (from, to) => held.paired(from, to),
    value: (now) => (held.isKnown(now) ? held.within(now) / 1000 : undefined),
  };
}
