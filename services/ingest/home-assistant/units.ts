// What Home Assistant makes of a unit: its sign there, and the kind of quantity (device class) where unit and name leave no doubt.
// Signs and classes are those of https://www.home-assistant.io/integrations/sensor/#device-class. A class that is wrong is worse
// than none: a length may be a level, a volume what is there or what has passed, so these have none.

import { formatUnit } from '#domain/unit.ts';

export type UnitMeaning = {
  /** Empty for a number without a unit. */
  readonly sign: string;
  readonly deviceClass: string | null;
  /** Whether Home Assistant lets values of the class be averaged; energy it takes for a count. */
  readonly isMeasurement: boolean;
};

type Row = {
  readonly sign?: string;
  readonly deviceClass?: string;
  /** The class, by a word of the metric's name. */
  readonly byWord?: { readonly [word: string]: string };
  /** Words of the name that take the class away. */
  readonly unless?: readonly string[];
  readonly isMeasurement?: false;
};

const TEMPERATURE = { deviceClass: 'temperature', unless: ['delta', 'diff', 'difference', 'spread'] };
const ENERGY = { deviceClass: 'energy', isMeasurement: false } as const;

/** By UCUM code; a sign is here where it is not what everybody is shown. */
const UNITS: ReadonlyMap<string, Row> = new Map(
  Object.entries({
    ...{ Cel: TEMPERATURE, '[degF]': TEMPERATURE },
    ...same('pressure', 'Pa hPa kPa bar mbar'),
    ...{
      'mm[Hg]': { sign: 'mmHg', deviceClass: 'pressure' },
      "[in_i'Hg]": { sign: 'inHg', deviceClass: 'pressure' },
      '[psi]': { sign: 'psi', deviceClass: 'pressure' },
      'mm[H2O]': { sign: 'mmH₂O' },
      'cm[H2O]': { sign: 'cmH₂O' },
      "[in_i'H2O]": { sign: 'inH₂O' },
    },
    ...same('voltage', 'V mV kV'),
    ...{ uV: { sign: 'µV', deviceClass: 'voltage' } },
    ...same('current', 'A mA'),
    ...same('power', 'W kW MW'),
    ...{ 'V.A': { sign: 'VA', deviceClass: 'apparent_power' }, 'kV.A': { sign: 'kVA' } },
    ...{ 'V.A{reactive}': { sign: 'var', deviceClass: 'reactive_power' } },
    ...{ 'W.h': { sign: 'Wh', ...ENERGY }, 'kW.h': { sign: 'kWh', ...ENERGY }, 'MW.h': { sign: 'MWh', ...ENERGY } },
    ...{ J: ENERGY, kJ: ENERGY, MJ: ENERGY, GJ: ENERGY },
    ...same('frequency', 'Hz kHz MHz GHz'),
    ...same('duration', 'ms s min h d'),
    ...same('weight', 'g kg mg'),
    ...{ '[lb_av]': { sign: 'lb', deviceClass: 'weight' }, '[oz_av]': { sign: 'oz', deviceClass: 'weight' } },
    ...{ 'm/s': { deviceClass: 'speed' }, 'km/h': { deviceClass: 'speed' } },
    ...{
      'm3/h': { deviceClass: 'volume_flow_rate' },
      'm3/s': { sign: 'm³/s', deviceClass: 'volume_flow_rate' },
      'L/min': { deviceClass: 'volume_flow_rate' },
      'm3/min': { sign: 'm³/min' },
    },
    ...{ lx: { deviceClass: 'illuminance' }, 'W/m2': { sign: 'W/m²', deviceClass: 'irradiance' } },
    ...{ 'uS/cm': { sign: 'µS/cm', deviceClass: 'conductivity' }, 'mS/cm': { deviceClass: 'conductivity' } },
    ...{ 'dB[mW]': { sign: 'dBm', deviceClass: 'signal_strength' } },
    ...{ 'By/s': { sign: 'B/s', deviceClass: 'data_rate' }, 'bit/s': { deviceClass: 'data_rate' } },
    ...{ By: { sign: 'B', deviceClass: 'data_size' }, KiBy: { sign: 'KiB', deviceClass: 'data_size' } },
    ...{ '%': { byWord: { humidity: 'humidity', rh: 'humidity', battery: 'battery', moisture: 'moisture' } } },
    ...{ '[ppm]': { sign: 'ppm', byWord: { co2: 'carbon_dioxide', co: 'carbon_monoxide' } }, '[ppb]': { sign: 'ppb' } },
    ...{ 'ug/m3': { sign: 'µg/m³', byWord: { pm1: 'pm1', pm25: 'pm25', pm10: 'pm10' } } },
    ...{ '[pH]': { sign: '', deviceClass: 'ph' }, m2: { sign: 'm²' }, um: { sign: 'µm' }, '[gal_us]': { sign: 'gal' } },
    ...{ '[in_i]': { sign: 'in' }, '[ft_i]': { sign: 'ft' }, 'kg/m3': { sign: 'kg/m³' }, 'g/m3': { sign: 'g/m³' } },
    ...{ 'N.m': { sign: 'Nm' }, 'A.h': { sign: 'Ah' }, 'V.A.h{reactive}': { sign: 'varh' } },
  } satisfies Readonly<Record<string, Row>>),
);

function same(deviceClass: string, codes: string): Record<string, Row> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, { deviceClass }]));
}

/** @param unit UCUM code; undefined where the metric has none */
export function unitMeaning(unit: string | undefined, metric: string): UnitMeaning {
  if (unit === undefined) return { sign: '', deviceClass: null, isMeasurement: true };
  const row: Row = UNITS.get(unit) ?? {};
  const words = wordsOf(metric);
  const [named] = words.flatMap((word) => (Object.hasOwn(row.byWord ?? {}, word) ? (row.byWord?.[word] ?? []) : []));
  const isDoubtful = words.some((word) => row.unless?.includes(word));
  return {
    sign: row.sign ?? plainSign(unit),
    deviceClass: isDoubtful ? null : (named ?? row.deviceClass ?? null),
    isMeasurement: row.isMeasurement ?? true,
  };
}

/** A note of UCUM stands in braces: {count} are counts. */
function plainSign(unit: string): string {
  const sign = formatUnit(unit);
  return sign === unit ? unit.replace(/[{}]/g, '') : sign;
}

/** `relativeHumidity`, `sht31.humidity`, `humidity_2` have the word humidity. */
function wordsOf(metric: string): string[] {
  return metric
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
