// Grafana's ids of units, by UCUM code. A code that Grafana has no unit for is written behind the number as it is.

import { formatUnit } from '#domain/unit.ts';

const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ Cel: 'celsius', '[degF]': 'fahrenheit', K: 'kelvin', '%': 'percent', '1': 'none' },
    ...{ Pa: 'pressurepa', hPa: 'pressurehpa', kPa: 'pressurekpa', bar: 'pressurebar', mbar: 'pressurembar' },
    ...{ '[psi]': 'pressurepsi', m: 'lengthm', mm: 'lengthmm', km: 'lengthkm', s: 's', ms: 'ms', min: 'm', h: 'h' },
    ...{
      L: 'litre',
      mL: 'mlitre',
      m3: 'm3',
      'L/min': 'flowlpm',
      kg: 'masskg',
      g: 'massg',
      t: 'masst',
    },
    ...{ V: 'volt', mV: 'mvolt', kV: 'kvolt', A: 'amp', mA: 'mamp', W: 'watt', kW: 'kwatt', MW: 'megwatt', Ohm: 'ohm' },
    ...{ 'kW.h': 'kwatth', J: 'joule', Hz: 'hertz', deg: 'degree', '{rpm}': 'rotrpm', 'm/s': 'velocityms' },
    ...{ 'km/h': 'velocitykmh', 'm/s2': 'accMS2', N: 'forceN', 'N.m': 'forceNm', '[ppm]': 'ppm' },
  }),
);

export function grafanaUnit(code: string): string {
  return UNITS.get(code) ?? `suffix:${formatUnit(code)}`;
}
