// How simulated quantities move: within bounds, at a limited rate, or with a time constant. Pure.

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/** From a value to a target, by at most `step`. */
export function towards(value: number, target: number, step: number): number {
  return value + clamp(target - value, -step, step);
}

/** First-order lag with time constant `tauS`, exact for any step. */
export function lag(value: number, target: number, tauS: number, dtS: number): number {
  return target + (value - target) * Math.exp(-dtS / tauS);
}
