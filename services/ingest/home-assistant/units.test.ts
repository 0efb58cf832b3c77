import { expect, test } from 'vitest';
import { unitMeaning } from './units.ts';

test.each([
  ['Cel', 'temperature', '°C', 'temperature'],
  ['[degF]', 'oil-temperature', '°F', 'temperature'],
  ['Cel', 'flow-return-delta', '°C', null],
  ['bar', 'x', 'bar', 'pressure'],
  ['kPa', 'x', 'kPa', 'pressure'],
  ['mm[H2O]', 'x', 'mmH₂O', null],
  ['mm[Hg]', 'x', 'mmHg', 'pressure'],
  ['V', 'x', 'V', 'voltage'],
  ['mA', 'x', 'mA', 'current'],
  ['kW', 'x', 'kW', 'power'],
  ['m3/h', 'inflow', 'm³/h', 'volume_flow_rate'],
  ['m3/min', 'x', 'm³/min', null],
  ['%', 'humidity', '%', 'humidity'],
  ['%', 'relativeHumidity', '%', 'humidity'],
  ['%', 'humidity0.rh', '%', 'humidity'],
  ['%', 'devicepower0.battery.percent', '%', 'battery'],
  ['%', 'position', '%', null],
  ['%', 'constructor', '%', null],
  ['m', 'level', 'm', null],
  ['m3', 'volume', 'm³', null],
  ['mm/s', 'vibration', 'mm/s', null],
  ['[ppm]', 'co2', 'ppm', 'carbon_dioxide'],
  ['[ppm]', 'ammonia', 'ppm', null],
  ['[pH]', 'x', '', 'ph'],
  ['{rpm}', 'speed', 'rpm', null],
  ['{count}', 'pieces', 'count', null],
  ['1', 'x', '', null],
  ['m[H2O]/d', 'x', 'm[H2O]/d', null],
])('%s of %s is %j, class %s', (unit, metric, sign, deviceClass) => {
  expect(unitMeaning(unit, metric)).toEqual({ sign, deviceClass, isMeasurement: true });
});

test('energy is what Home Assistant takes for a count, and no model says that one is', () => {
  expect(unitMeaning('kW.h', 'x')).toEqual({ sign: 'kWh', deviceClass: 'energy', isMeasurement: false });
});

test('a metric without a unit is a number', () => {
  expect(unitMeaning(undefined, 'temperature')).toEqual({ sign: '', deviceClass: null, isMeasurement: true });
});
