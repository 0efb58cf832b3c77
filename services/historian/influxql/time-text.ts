// Moments as text: what a condition may write, and RFC 3339 as answers write it. Zones by Intl, with one formatter and
// one remembered quarter of an hour per zone: offsets change on quarter hours and nowhere else.

const TEXT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/;

/** Local time minus UTC at a moment, both in microseconds. */
export type ZoneOffset = (us: number) => number;

export const UTC: ZoneOffset = () => 0;

/** Nanoseconds since the epoch of `2023-11-14[ T]22:14:00.5[Z]`; local to `offset` where the text names no zone. */
export function parseTimeNs(text: string, offset: ZoneOffset): bigint | undefined {
  const match = TEXT.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(ms);
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1) return undefined;
  const ns = BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  if (zone === 'Z') return ns;
  if (zone === undefined) return ns - BigInt(offset(ms * 1_000 - offset(ms * 1_000))) * 1_000n;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return ns - BigInt(zone[0] === '-' ? -minutes : minutes) * 60_000_000_000n;
}

/** RFC 3339 with as many decimals as the moment needs. */
export function formatTime(us: number, offset: ZoneOffset): string {
  const shift = offset(us);
  const local = us + shift;
  const seconds = Math.floor(local / 1_000_000);
  const fraction = local - seconds * 1_000_000;
  const text = new Date(seconds * 1_000).toISOString().slice(0, -5);
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  if (shift === 0) return `${text}${decimals}Z`;
  const minutes = Math.abs(shift) / 60_000_000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${text}${decimals}${shift < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

const QUARTER_US = 15 * 60_000_000;

export function zoneOffset(zone: string): ZoneOffset {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  let knownQuarter = Number.NaN;
  let knownOffset = 0;
  return (us) => {
    const quarter = Math.floor(us / QUARTER_US);
    if (quarter === knownQuarter) return knownOffset;
    const ms = (quarter * QUARTER_US) / 1_000;
    const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    knownQuarter = quarter;
    knownOffset = (Date.UTC(year, month - 1, day, hour, minute, second) - ms) * 1_000;
    return knownOffset;
  };
}
