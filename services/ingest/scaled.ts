// A number in other steps, or another unit, than the sender counts in.

/** Digits of a double that count: beyond them stands only what 0.1 cannot be written as (235 times 0.1 is 23.5, not 23.500000000000004). */
const DIGITS = 15;

/** The number times `scale`, plus `offset`. */
export function scaled(
  value: number,
  { scale = 1, offset = 0 }: { readonly scale?: number | undefined; readonly offset?: number | undefined },
): number {
  if (scale === 1 && offset === 0) return value;
  return Number((value * scale + offset).toPrecision(DIGITS));
}

/** Digits that a conversion of units leaves right: 70 °F are 21.1111111111 °C. */
const CONVERTED_DIGITS = 12;

/** The number in another unit, without the noise of the way there. */
export function converted(value: number, convert: (value: number) => number): number {
  return Number(convert(value).toPrecision(CONVERTED_DIGITS));
}
