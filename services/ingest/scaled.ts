// A number in other steps than the sender counts in.

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
