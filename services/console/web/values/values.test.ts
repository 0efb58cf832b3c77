import { expect, test } from 'vitest';
import type { ValueView } from '../../api/live.ts';
import { sampleDevice } from '../../testing.ts';
import { conditionOf } from './condition.ts';
import { formatAge, formatField, formatMoment, formatNumber, formatValue } from './format.ts';
import { groupValues } from './group.ts';

const sampleValue = (changes: Partial<ValueView> = {}): ValueView => ({
  id: 0,
  site: 'lyon',
  area: 'tank-farm',
  device: 'tank-01',
  metric: 'temperature',
  value: 1,
  quality: 'good',
  measuredAt: 0,
  unit: null,
  staleAfterMs: 1_000,
  storedEveryMs: 0,
  ...changes,
});

test.each([
  ['GOOD', {}, true, 1_000],
  ['GOOD', {}, null, 0],
  ['STALE', {}, true, 1_001],
  ['STALE', { quality: 'uncertain' }, true, 1_001],
  ['UNCERTAIN', { quality: 'uncertain' }, true, 0],
  ['OFFLINE', {}, false, 0],
  ['OFFLINE', {}, false, 9_000],
  ['BAD', { quality: 'bad' }, false, 9_000],
  ['BAD', { value: null }, true, 0],
] as const)('conditionOf() is %s', (condition, changes, online, now) => {
  expect(conditionOf(sampleValue(changes), sampleDevice({ online }), now)).toBe(condition);
});

test.each([
  [0, '0'],
  [-0.5, '-0.50'],
  [81.2, '81.20'],
  [123.456, '123.5'],
  [4_321.9, '4322'],
  [0.0042, '0.0042'],
  [0.00001, '1.000e-5'],
  [12_345_678_901, '1.235e+10'],
])('formatNumber() of %d is %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [81.2, 'Cel', '81.20\u00a0°C'],
  [7, null, '7'],
  [1, '1', '1'],
  [3, 'furlong', '3\u00a0furlong'],
  [true, 'Cel', 'On'],
  ['<b>', 'Cel', '<b>'],
  [null, 'Cel', 'no value'],
] as const)('formatValue() of %s in %s is %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test.each([
  [-5_000, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [5_400_000, '1 h 30 min'],
  [200_000_000, '2 d'],
])('formatAge() of %d ms is %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

test('groupValues() counts as people do and finds by every word', () => {
  const list = ['tank-10', 'tank-2'].map((device, id) => sampleValue({ id, device }));
  const { areas } = groupValues([...list, sampleValue({ id: 3, area: 'a', metric: 'level' })], '');
  expect(areas.map((area) => [area.name, area.values.map((value) => value.device)])).toEqual([
    ['lyon / a', ['tank-01']],
    ['lyon / tank-farm', ['tank-2', 'tank-10']],
  ]);
  expect(groupValues(list, ' TANK-10 temp ').areas[0]?.values.map((value) => value.id)).toEqual([0]);
  expect(groupValues(list, 'nothing')).toEqual({ areas: [], hidden: 0 });
});

test('groupValues() draws no more than a screen can hold, and says how many it left out', () => {
  const many = Array.from({ length: 1_000 }, (_, id) => sampleValue({ id, device: `d${id}` }));
  const { areas, hidden } = groupValues(many, '');
  expect([areas[0]?.values.length, hidden]).toEqual([200, 800]);
});

test('a moment of another half day bears its date, before and after now', () => {
  const noon = new Date(2026, 0, 15, 12).getTime();
  const hours = (n: number) => formatMoment(noon + n * 3_600_000, noon);
  expect([hours(-12), hours(11)]).toEqual(['00:00:00', '23:00:00']);
  expect([hours(-13), hours(60)]).toEqual(['14 Jan, 23:00', '18 Jan, 00:00']);
  expect([hours(-24 * 15), hours(-24 * 380)]).toEqual(['31 Dec 2025, 12:00', '31 Dec 2024, 12:00']);
  expect([Number.NaN, 1e300, Number.POSITIVE_INFINITY].map((at) => formatMoment(at, noon))).toEqual(['', '', '']);
});

test('formatField() is what such a field gives back', () => {
  const at = 1_800_000_007_000;
  expect(new Date(formatField(at, 'second')).getTime()).toBe(at);
  expect(formatField(at, 'minute')).toBe(formatField(at, 'second').slice(0, -3));
});
