// Durations of InfluxQL: sums of whole numbers with units (`1h30m`), exact in nanoseconds. Not the durations of settings
// and rules (#domain/duration), which deliberately know no sums.

const UNIT_NS: { readonly [unit: string]: bigint } = {
  ns: 1n,
  u: 1_000n,
  µ: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

const PART = /(\d+)(ns|ms|u|µ|s|m|h|d|w)/y;

/** Nobody means more; the digits of a longer one would take time to be made a number. */
const CHARS_MAX = 100;

/** Nanoseconds of `1h30m`; undefined where the text is no duration. */
export function parseInfluxDuration(text: string): bigint | undefined {
  if (text.length > CHARS_MAX) return undefined;
  let ns = 0n;
  PART.lastIndex = 0;
  for (let at = 0; at < text.length; at = PART.lastIndex) {
    const part = PART.exec(text);
    if (part === null) return undefined;
    ns += BigInt(part[1] as string) * (UNIT_NS[part[2] as string] as bigint);
  }
  return text === '' ? undefined : ns;
}

/** As Go prints one (`168h0m0s`, `1m1.5s`, `16µs`), which is what InfluxDB answers. */
export function formatGoDuration(us: number): string {
  if (us === 0) return '0s';
  if (us < 1_000) return `${us}µs`;
  if (us < 1_000_000) return `${us / 1_000}ms`;
  const minutes = Math.floor(us / 60_000_000);
  const seconds = `${(us - minutes * 60_000_000) / 1_000_000}s`;
  if (minutes === 0) return seconds;
  const tail = `${minutes % 60}m${seconds}`;
  return minutes < 60 ? tail : `${Math.floor(minutes / 60)}h${tail}`;
}
