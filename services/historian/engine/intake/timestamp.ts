// Timestamps as they are written, of lines of any kind. The store keeps microseconds; what a client writes more finely is cut
// to them, and plain digits are read without a bigint.

const ZERO = 48;

/** Microseconds of one unit. Nanoseconds are none of these, nor is an unknown precision, which means them as in InfluxDB. */
const UNIT_US: ReadonlyMap<string, number> = new Map([
  ['u', 1],
  ['us', 1],
  ['ms', 1_000],
  ['s', 1_000_000],
  ['m', 60_000_000],
  ['h', 3_600_000_000],
]);

/** Digits of a number that a double surely holds. */
const DIGITS_MAX = 15;
const NS_DIGITS = 3;

export type DigitsTime = {
  /** undefined where it takes more thought. */
  readonly us: number | undefined;
  /** Nanoseconds beyond the microsecond. */
  readonly restNs: number;
};

const UNDECIDED: DigitsTime = { us: undefined, restNs: 0 };

/** Whether timestamps are nanoseconds. */
export function isNanoseconds(precision: string): boolean {
  return !UNIT_US.has(precision);
}

/** Undefined for a moment that the store cannot hold (more than 285 years from 1970). */
export function decodeTime(time: bigint, precision: string): number | undefined {
  const unit = UNIT_US.get(precision);
  const us = Number(unit === undefined ? floorDivide(time, 1_000n) : time * BigInt(unit));
  return Number.isSafeInteger(us) ? us : undefined;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

export function timeOfDigits(
  bytes: Buffer,
  place: { readonly from: number; readonly to: number },
  precision: string,
): DigitsTime {
  const unit = UNIT_US.get(precision);
  const to = unit === undefined ? Math.max(place.from, place.to - NS_DIGITS) : place.to;
  if (to - place.from > DIGITS_MAX + 1) return UNDECIDED;
  const whole = numberOf(bytes, place.from, to);
  if (unit !== undefined) {
    const us = whole * unit;
    return Number.isSafeInteger(us) ? { us, restNs: 0 } : UNDECIDED;
  }
  return Number.isSafeInteger(whole) ? { us: whole, restNs: numberOf(bytes, to, place.to) } : UNDECIDED;
}

function numberOf(bytes: Buffer, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) number = number * 10 + ((bytes[at] as number) - ZERO);
  return number;
}
