// count and delta: what the oldest and the newest sample say alone.

import type { Samples } from '../samples.ts';

export const count = (samples: Samples): number => samples.count;

export const delta = (samples: Samples): number => samples.numberOf(samples.end - 1) - samples.numberOf(samples.first);
