// timeIn: for how many seconds of the window the held value was true. A sample that has left the window is still held at its
// left edge, so that the value may be known though the window holds no sample. Coverage is the same of every value.

import type { Gauge } from '../gauge.ts';
import { HeldTime } from '../held-time.ts';
import type { Samples } from '../samples.ts';
import type { WindowSpec } from '../window-spec.ts';

export function openTimeIn(samples: Samples, spec: WindowSpec): Gauge {
  const held = new HeldTime(samples, spec, (flag) => flag === 1);
  return gaugeOf(held, (now) => (held.isKnown(now) ? held.within(now) / 1000 : undefined));
}

/** The share of the window, 0 to 1, for which a sample was held. */
export function openCoverage(samples: Samples, spec: WindowSpec): Gauge {
  const held = new HeldTime(samples, spec, () => true);
  return gaugeOf(held, (now) => held.within(now) / spec.windowMs);
}

function gaugeOf(held: HeldTime, value: Gauge['value']): Gauge {
  return {
    held,
    joined: () => held.joined(),
    leaving: () => held.leaving(),
    parting: (from, to) => held.parting(from, to),
    paired: (from, to) => held.paired(from, to),
    value,
  };
}
