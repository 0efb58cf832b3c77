import { describe, expect, it } from 'vitest';
import { KNOWN_UNITS } from '#rules/language/units.ts';
import { isUcum } from './ucum.ts';

describe('isUcum()', () => {
  it('knows every unit that can be converted', () => {
    expect(KNOWN_UNITS.filter((code) => !isUcum(code))).toEqual([]);
  });

  it.each([
    'm3/d',
    'kPa/s',
    '[pH]',
    'mol/L',
    '{clicks}',
    '{count}/min',
    'm[H2O]',
    'mm[Hg]',
    'W/m2',
    'kg.m/s2',
    '10*3/uL',
    'dB',
    'kV.A',
    '%{RH}',
    'umol/(m2.s)',
    'kat',
    '1/s',
  ])('takes %s', (code) => {
    expect(isUcum(code)).toBe(true);
  });

  it.each([
    'degC',
    '°C',
    'Bar',
    'psi',
    'rpm',
    'ppm',
    'm³/h',
    'percent',
    'NTU',
    'kWh',
    'Nm',
    'mmHg',
    'pcs',
    'celsius',
    'sec',
    '',
    ' ',
    'm/',
    'm//s',
    '__proto__',
    'Cel Cel',
  ])('refuses %j', (code) => {
    expect(isUcum(code)).toBe(false);
  });
});
