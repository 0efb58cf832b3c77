// count and delta: what the oldest and the newest sample say alone.

import type { Gauge } from '../gauge.ts';
import type { Samples } from '../samples.ts';

const ignore = () => {};
const STATELESS = { joined: ignore, leaving: ignore, emptied: ignore, parting: ignore, paired: ignore } as const;

export function openCount(samples: Samples): Gauge {
  return { ...STATELESS, value: () => samples.count };
}

export function openDelta(samples: Samples): Gauge {
  return { ...STATELESS, value: () => samples.numberOf(samples.end - 1) - samples.numberOf(samples.first) };
}
