import { expect, test } from 'vitest';
import { unitText } from './unit-schema.ts';

test.each([
  ['°C', 'must be a UCUM code: Cel'],
  ['degC', 'must be a UCUM code: Cel'],
  ['rpm', 'must be a UCUM code: {rpm}'],
  ['kWh', 'must be a UCUM code: kW.h'],
  ['psi', 'must be a UCUM code: [psi]'],
  ['Celc', 'must be a UCUM code, such as Cel, bar, m3/h or {count} for what is counted'],
  ['', 'must be a UCUM code, such as Cel, bar, m3/h or {count} for what is counted'],
])("'%s' is no unit: %s", (unit, sentence) => {
  expect(unitText.safeParse(unit).error?.issues.map(({ message }) => message)).toEqual([sentence]);
});

test.each(['Cel', 'm3/h', '%', '{rpm}', '[psi]', 'uS/cm'])('%s is one', (unit) => {
  expect(unitText.safeParse(unit).success).toBe(true);
});
