// Values in the words of alarms: enough digits to judge, not more.

/** `81.2`, `0.0312`, `true`, `running`: numbers with at most four significant decimals, none of them lost to smallness, and no exponent in plant ranges. */
export function formatValue(value: number | boolean | string): string {
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value) || Math.abs(value) >= 1e6) return String(value);
  if (Math.abs(value) < 1) return String(Number(value.toPrecision(4)));
  return String(Number(value.toFixed(Math.abs(value) >= 100 ? 1 : 2)));
}

const UNIT_SIGNS: { readonly [code: string]: string } = {
  Cel: '°C',
  '[degF]': '°F',
  m3: 'm³',
  'm3/h': 'm³/h',
  deg: '°',
  Ohm: 'Ω',
};

/** A UCUM code as people write it; codes that need no help stay as they are. */
export function formatUnit(code: string): string {
  return UNIT_SIGNS[code] ?? code;
}
