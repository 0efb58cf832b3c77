import { expect, test } from 'vitest';
import { formatUnit } from './unit.ts';

test.each([
  ['Cel', '°C'],
  ['m3/h', 'm³/h'],
  ['{rpm}', 'rpm'],
  ['1', ''],
  ['bar', 'bar'],
  ['%', '%'],
  ['constructor', 'constructor'],
])('formatUnit() %s is read as %s', (code, sign) => {
  expect(formatUnit(code)).toBe(sign);
});
