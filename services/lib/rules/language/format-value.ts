// Values in the words of alarms: enough digits to judge, not more.

/** `81.2`, `0.0312`, `true`, `running`: numbers with at most four significant decimals, none of them lost to smallness, and no exponent in plant ranges. */
export function formatValue(value: number | boolean | string): string {
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value) || Math.abs(value) >= 1e6) return String(value);
  if (Math.abs(value) < 1) return String(Number(value.toPrecision(4)));
  return String(Number(value.toFixed(Math.abs(value) >= 100 ? 1 : 2)));
}
