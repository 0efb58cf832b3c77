// The timestamp of a plain line as microseconds, without a bigint.

const ZERO = 48;

/** Microseconds of one unit; nanoseconds are none of these. */
const UNIT_US: { readonly [precision: string]: number | undefined } = {
  // No prototype: a precision is any text.
  __proto__: null as never,
  u: 1,
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};

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

/** Whether timestamps are nanoseconds, which are also what an unknown precision means. */
export function isNanoseconds(precision: string): boolean {
  return UNIT_US[precision] === undefined;
}

export function timeOfDigits(
  bytes: Buffer,
  place: { readonly from: number; readonly to: number },
  precision: string,
): DigitsTime {
  const unit = UNIT_US[precision];
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
