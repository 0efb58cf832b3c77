// Timestamps of foreign devices: seconds, milliseconds, microseconds or nanoseconds told apart by their size, or ISO 8601.

/** Up to here a number is seconds (year 5138); the same span in ms begins in 1973, so the two never meet. */
const SECONDS_MAX = 1e11;
const MILLISECONDS_MAX = 1e14;
const MICROSECONDS_MAX = 1e17;
const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

export const TIMESTAMP_HINT =
  'a timestamp is a positive number (s, ms, µs or ns since 1970) or ISO 8601 text with its zone, such as 2026-05-01T12:00:00Z';

/** Milliseconds since the epoch, rounded; undefined where the value is no timestamp. */
export function readTimestamp(value: unknown): number | undefined {
  if (typeof value === 'number') {
    // 0 is what a clock says that was never set; whoever uses the moment sees that.
    if (!Number.isFinite(value) || value < 0) return undefined;
    if (value < SECONDS_MAX) return Math.round(value * 1_000);
    if (value < MILLISECONDS_MAX) return Math.round(value);
    if (value < MICROSECONDS_MAX) return Math.round(value / 1_000);
    return Math.round(value / 1_000_000);
  }
  const iso = typeof value === 'string' ? ISO.exec(value) : null;
  if (iso === null || !isDate(Number(iso[1]), Number(iso[2]), Number(iso[3]))) return undefined;
  const ms = Date.parse(iso[0].replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : ms;
}

/** Date.parse takes 30 February for 2 March. */
function isDate(year: number, month: number, day: number): boolean {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}
