// Conversion between UCUM codes. The only file that imports js-quantities, which speaks another spelling: the table below
// says which codes we know at all, so that a typing error is refused and not guessed at.

import Quantity from 'js-quantities';

/** UCUM code to js-quantities' spelling, dimension by dimension. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ Cel: 'tempC', K: 'tempK', '[degF]': 'tempF' },
    ...{ Pa: 'Pa', hPa: 'hPa', kPa: 'kPa', MPa: 'MPa', bar: 'bar', mbar: 'mbar', '[psi]': 'psi', atm: 'atm' },
    ...{ m: 'm', mm: 'mm', cm: 'cm', km: 'km', um: 'um', '[in_i]': 'in', '[ft_i]': 'ft' },
    ...{ s: 's', ms: 'ms', min: 'min', h: 'h', d: 'day' },
    ...{ m3: 'm3', L: 'l', l: 'l', mL: 'ml', '[gal_us]': 'gal' },
    ...{
      'm3/h': 'm3/h',
      'm3/s': 'm3/s',
      'm3/min': 'm3/min',
      'L/min': 'l/min',
      'l/min': 'l/min',
      'L/h': 'l/h',
      'L/s': 'l/s',
    },
    ...{ kg: 'kg', g: 'g', mg: 'mg', t: 'tonne', '[lb_av]': 'lb', 'kg/h': 'kg/h', 'kg/s': 'kg/s', 't/h': 'tonne/h' },
    ...{ 'm/s': 'm/s', 'mm/s': 'mm/s', 'km/h': 'km/h', 'm/s2': 'm/s2' },
    ...{
      V: 'V',
      mV: 'mV',
      kV: 'kV',
      A: 'A',
      mA: 'mA',
      W: 'W',
      kW: 'kW',
      MW: 'MW',
      Ohm: 'ohm',
      'kW.h': 'kW*h',
      J: 'J',
      kJ: 'kJ',
    },
    ...{ N: 'N', kN: 'kN', 'N.m': 'N*m', Hz: 'Hz', kHz: 'kHz', deg: 'deg', rad: 'rad' },
    ...{ 'kg/m3': 'kg/m3', 'g/L': 'g/l', 'mg/L': 'mg/l', 'g/m3': 'g/m3', 'uS/cm': 'uS/cm', 'mS/cm': 'mS/cm' },
  }),
);

/** Parts of one, which js-quantities does not tell from plain numbers. */
const FRACTIONS: ReadonlyMap<string, number> = new Map(
  Object.entries({ '1': 1, '%': 1e-2, '[ppm]': 1e-6, '[ppb]': 1e-9 }),
);
/** Turns; js-quantities takes a revolution for 2π rad and a hertz for 1/s. */
const TURNS: ReadonlyMap<string, number> = new Map(Object.entries({ Hz: 1, '{rpm}': 1 / 60, '/min': 1 / 60, '/s': 1 }));

/** Codes that can be converted; any other stands for itself only. */
export const KNOWN_UNITS: readonly string[] = [...new Set([...SPELLINGS.keys(), ...FRACTIONS.keys(), ...TURNS.keys()])];

const made = new Map<string, ((value: number) => number) | undefined>();

/** From one unit to another; undefined where they measure different things, or one is not known. */
export function converter(from: string, to: string): ((value: number) => number) | undefined {
  const key = `${from} ${to}`;
  if (!made.has(key)) made.set(key, makeConverter(from, to));
  return made.get(key);
}

function makeConverter(from: string, to: string): ((value: number) => number) | undefined {
  if (from === to) return (value) => value;
  for (const factors of [FRACTIONS, TURNS]) {
    const [a, b] = [factors.get(from), factors.get(to)];
    if (a !== undefined && b !== undefined) return (value) => (value * a) / b;
  }
  const [a, b] = [SPELLINGS.get(from), SPELLINGS.get(to)];
  if (a === undefined || b === undefined || !Quantity(`1 ${a}`).isCompatible(b)) return undefined;
  return Quantity.swiftConverter(a, b);
}
