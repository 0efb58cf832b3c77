// What a sensor adds to the truth.

import type { Random } from '#domain/random.ts';

/** Roughly normal around 0 with the given deviation (sum of three uniforms): bounded to three deviations, as sensor noise is. */
export function noise(random: Random, deviation: number): number {
  return (random() + random() + random() - 1.5) * 2 * deviation;
}
