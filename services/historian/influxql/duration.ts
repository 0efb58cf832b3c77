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

/** Nanoseconds of `1h30m`; undefined where the text is no duration. */
export function parseInfluxDuration(text: string): bigint | undefined {
  let ns = 0n;
  PART.lastIndex = 0;
  for (let at = 0; at < text.length; at = PART.lastIndex) {
    const part = PART.exec(text);
    if (part === null) return undefined;
    ns += BigInt(part[1] as string) * (UNIT_NS[part[2] as string] as bigint);
  }
  return text === '' ? undefined : ns;
}

/** As Go prints one (`168h0m0s`), which is what InfluxDB answers; whole seconds, as retention policies have. */
export function formatGoDuration(us: number): string {
  const seconds = Math.floor(us / 1_000_000);
  if (seconds < 60) return `${seconds}s`;
  const tail = `${Math.floor(seconds / 60) % 60}m${seconds % 60}s`;
  return seconds < 3600 ? tail : `${Math.floor(seconds / 3600)}h${tail}`;
}
