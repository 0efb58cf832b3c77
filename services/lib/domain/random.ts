// Seeded randomness, so that the same seed gives the same plant and the same faults: mulberry32 (Tommy Ettinger, public
// domain), 32 bits of state, far more than enough for sensor noise. Not for secrets.

/** A number in [0, 1). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
