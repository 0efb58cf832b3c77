// A device's clock beside ours, in words: one sentence for the command line and the page.

/** Beyond it what a device measures stands at the wrong moment, and what is ahead gets the time of its arrival. */
export const CLOCK_SKEW_MS_MAX = 5_000;

export function isClockOff(skewMs: number | null): skewMs is number {
  return skewMs !== null && Math.abs(skewMs) > CLOCK_SKEW_MS_MAX;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** Within it a clock is right: a message takes as long on its way. */
const RIGHT_MS = 100;

/** `right`, `0.2 s ahead`, `3 min behind`. */
export function skewText(skewMs: number): string {
  const size = Math.abs(skewMs);
  if (size < RIGHT_MS) return 'right';
  const [unit, unitMs] = UNITS.find(([, ms]) => size >= 2 * ms) ?? ['s', 1_000];
  const count = size / unitMs;
  return `${count < 10 ? Math.round(count * 10) / 10 : Math.round(count)} ${unit} ${skewMs < 0 ? 'behind' : 'ahead'}`;
}
