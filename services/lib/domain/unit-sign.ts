// Units as engineers of edge nodes write them (`engUnit`) to UCUM codes. Only what is beyond doubt: a unit that is not here is
// none that we know, which is less than a wrong one.

const SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // Written in UCUM already.
    ...same('Cel K [degF] Pa hPa kPa MPa bar mbar [psi] atm m mm cm km um s ms min h d m3 L mL m3/h m3/s m3/min L/min'),
    ...same(
      'L/h L/s kg g mg t kg/h kg/s t/h m/s mm/s km/h m/s2 V mV kV A mA W kW MW Ohm kW.h J kJ N kN N.m Hz kHz deg',
    ),
    ...same('rad kg/m3 g/L mg/L g/m3 uS/cm mS/cm % [ppm] [ppb] {rpm} [in_i] [ft_i] [lb_av] [gal_us]'),
    ...{ '°C': 'Cel', degC: 'Cel', 'deg C': 'Cel', '℃': 'Cel', Celsius: 'Cel', celsius: 'Cel' },
    ...{ '°F': '[degF]', degF: '[degF]', 'deg F': '[degF]', '℉': '[degF]', Fahrenheit: '[degF]', fahrenheit: '[degF]' },
    ...{ psi: '[psi]', PSI: '[psi]', Bar: 'bar', BAR: 'bar' },
    ...{ 'm³': 'm3', 'm^3': 'm3', l: 'L', ml: 'mL', 'm³/h': 'm3/h', 'm3/hr': 'm3/h', 'm³/hr': 'm3/h', 'm^3/h': 'm3/h' },
    ...{ 'm³/s': 'm3/s', 'm³/min': 'm3/min', 'l/min': 'L/min', 'l/h': 'L/h', 'l/s': 'L/s', lpm: 'L/min', LPM: 'L/min' },
    ...{ 'kg/hr': 'kg/h', µm: 'um', μm: 'um', 'm/s²': 'm/s2', 'm/s^2': 'm/s2', in: '[in_i]', ft: '[ft_i]' },
    ...{
      sec: 's',
      hr: 'h',
      lb: '[lb_av]',
      '\u03a9': 'Ohm',
      '\u2126': 'Ohm',
      ohm: 'Ohm',
      ohms: 'Ohm',
      kWh: 'kW.h',
      Nm: 'N.m',
    },
    ...{ rpm: '{rpm}', RPM: '{rpm}', '1/min': '{rpm}', ppm: '[ppm]', PPM: '[ppm]', ppb: '[ppb]', '°': 'deg' },
    ...{
      percent: '%',
      Percent: '%',
      pct: '%',
      'µS/cm': 'uS/cm',
      'μS/cm': 'uS/cm',
      'kg/m³': 'kg/m3',
      'g/l': 'g/L',
      'mg/l': 'mg/L',
    },
  }),
);

function same(codes: string): Record<string, string> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, code]));
}

/** The UCUM code; undefined where the sign is not known. */
export function unitCode(sign: string): string | undefined {
  return SIGNS.get(sign.trim());
}
