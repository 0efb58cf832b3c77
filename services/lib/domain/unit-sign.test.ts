import { expect, test } from 'vitest';
import { converter, KNOWN_UNITS } from '#rules/language/units.ts';
import { unitCode } from './unit-sign.ts';

test.each([
  ['°C', 'Cel'],
  [' degC ', 'Cel'],
  ['Cel', 'Cel'],
  ['psi', '[psi]'],
  ['m³/h', 'm3/h'],
  ['μm', 'um'],
  ['rpm', '{rpm}'],
  ['%', '%'],
])('%j is %s', (sign, code) => {
  expect(unitCode(sign)).toBe(code);
});

test.each(['', 'C', 'widgets', 'constructor'])('%j is none that is known', (sign) => {
  expect(unitCode(sign)).toBeUndefined();
});

test.each(KNOWN_UNITS.filter((code) => !['1', '/min', '/s'].includes(code)))(
  '%s, which can be converted, is known',
  (code) => {
    expect(converter(unitCode(code) ?? '', code)?.(1)).toBe(1);
  },
);
