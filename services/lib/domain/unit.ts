// Units as people write them. A unit travels as its UCUM code (`Cel`, `m3/h`); only what a person reads has the sign.

const SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Cel: '°C',
    '[degF]': '°F',
    deg: '°',
    Ohm: 'Ω',
    m3: 'm³',
    'm3/h': 'm³/h',
    'm/s2': 'm/s²',
    '{rpm}': 'rpm',
    '1': '',
  }),
);

/** The sign of a UCUM code; a code that needs no other stays as it is. */
export function formatUnit(code: string): string {
  return SIGNS.get(code) ?? code;
}
