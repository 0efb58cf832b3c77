// Units of SenML (IANA "SenML Units" and "Secondary Units", RFC 8428 and RFC 8798) as UCUM codes. Most are the same; here are
// those that are not, and those that UCUM writes as a multiple of another.

export type SenmlUnit = {
  /** UCUM code. */
  readonly code: string;
  /** What the value is multiplied with to be in it; undefined: nothing. */
  readonly factor?: number;
};

const UNITS: ReadonlyMap<string, SenmlUnit> = new Map(
  Object.entries({
    ...{
      l: { code: 'L' },
      'l/s': { code: 'L/s' },
      'm/s': { code: 'm/s' },
      'm/h': { code: 'm/h' },
      'mm/h': { code: 'mm/h' },
    },
    ...{ 'kg/m3': { code: 'kg/m3' }, 'ug/m3': { code: 'ug/m3' }, 'S/m': { code: 'S/m' } },
    ...{ '%RH': { code: '%' }, '%EL': { code: '%' }, '%': { code: '%' }, '/': { code: '1' } },
    ...{ '/100': { code: '%' }, '/1000': { code: '1', factor: 1e-3 }, ppm: { code: '[ppm]' } },
    ...{ Wh: { code: 'W.h' }, kWh: { code: 'kW.h' }, Ah: { code: 'A.h' }, kVA: { code: 'kV.A' }, VA: { code: 'V.A' } },
    ...{
      beats: { code: '{beats}' },
      'beat/min': { code: '{beats}/min' },
      count: { code: '{count}' },
      '1/s': { code: '/s' },
      '1/min': { code: '/min' },
    },
    ...{ EL: { code: 's' }, lat: { code: 'deg' }, lon: { code: 'deg' }, pH: { code: '[pH]' }, dB: { code: 'dB' } },
    ...{
      dBW: { code: 'dB[W]' },
      dBm: { code: 'dB[mW]' },
      Bspl: { code: 'B[SPL]' },
      bit: { code: 'bit' },
      B: { code: 'By' },
    },
    ...{
      KiB: { code: 'KiBy' },
      GB: { code: 'GBy' },
      'B/s': { code: 'By/s' },
      'MB/s': { code: 'MBy/s' },
      'bit/s': { code: 'bit/s' },
    },
    ...{ kvar: { code: 'V.A{reactive}', factor: 1e3 }, kvarh: { code: 'V.A.h{reactive}', factor: 1e3 } },
    ...{ VAh: { code: 'V.A.h' }, kVAh: { code: 'kV.A.h' }, 'Wh/km': { code: 'W.h/km' }, 'Mbit/s': { code: 'Mbit/s' } },
    ...{ 'g/l': { code: 'g/L' }, 'mg/l': { code: 'mg/L' }, 'ug/l': { code: 'ug/L' } },
    ...{ ppb: { code: '[ppb]' }, ppt: { code: '[pptr]' } },
    ...{ var: { code: 'V.A{reactive}' }, vars: { code: 'V.A.s{reactive}' }, varh: { code: 'V.A.h{reactive}' } },
  } satisfies Readonly<Record<string, SenmlUnit>>),
);

/** The UCUM code of a SenML unit; a code that needs no other stays as it is. */
export function senmlUnit(unit: string | undefined): SenmlUnit | undefined {
  if (unit === undefined || unit === '') return undefined;
  return UNITS.get(unit) ?? { code: unit };
}
