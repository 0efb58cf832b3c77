import { expect, test } from 'vitest';
import { SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { normaliseRecord } from './normaliser.ts';
import type { RawMetric, RawRecord } from './record.ts';

const NOW = 1_795_355_425_172;
const model: DeviceModel = {
  model: 'tank-sensor',
  metrics: new Map([
    ['temperature', { type: 'number', unit: 'Cel', min: -20, max: 150 }],
    ['running', { type: 'boolean' }],
    ['state', { type: 'text' }],
  ]),
};

function normalise(
  metrics: readonly Partial<RawMetric>[],
  { record = {}, checked = model }: { record?: Partial<RawRecord>; checked?: DeviceModel | null } = {},
): { points: Point[]; refusals: Refusal[] } {
  const points: Point[] = [];
  const refusals: Refusal[] = [];
  const whole = metrics.map((each) => ({ metric: 'temperature', value: 21, quality: 'good', ...each }) as const);
  normaliseRecord(
    { measuredAt: null, sequence: null, isHistory: false, isWhole: true, metrics: whole, ...record },
    { site: 'lyon', area: 'tanks', device: 'tank-01', model: checked },
    { table: new SeriesTable(), now: NOW, points, refusals },
  );
  return { points, refusals };
}

test.each([
  ['no clock', null, NOW, 'good'],
  ['its own clock', NOW - 60_000, NOW - 60_000, 'good'],
  ['a day late', NOW - 86_400_000, NOW - 86_400_000, 'good'],
  ['a little ahead', NOW + 5_000, NOW + 5_000, 'good'],
  ['a clock ahead', NOW + 5_001, NOW, 'bad'],
  ['a clock far ahead', Number.MAX_SAFE_INTEGER, NOW, 'bad'],
  ['a clock never set', 1_000, NOW, 'bad'],
  ['a clock set to 2014', Date.parse('2014-12-31T23:59:59Z'), NOW, 'bad'],
])('the time of a device with %s', (_, measuredAt, expected, quality) => {
  expect(normalise([{}], { record: { measuredAt } }).points).toMatchObject([{ measuredAt: expected, quality }]);
});

test.each([
  [{ value: -20 }, 'good'],
  [{ value: 150 }, 'good'],
  [{ value: 150.1 }, 'bad'],
  [{ value: -1e300 }, 'bad'],
  [{ value: 21, quality: 'uncertain' }, 'uncertain'],
  [{ value: 999, quality: 'uncertain' }, 'bad'],
  [{ value: null, quality: 'bad' }, 'bad'],
  [{ metric: 'running', value: false }, 'good'],
  [{ metric: 'state', value: 'idle' }, 'good'],
] as const)('%j is kept with quality %s', (metric, quality) => {
  const { points, refusals } = normalise([metric]);
  expect(refusals).toEqual([]);
  expect(points).toMatchObject([{ value: metric.value, quality }]);
});

test.each([
  [
    { metric: 'temprature' },
    "metric: model tank-sensor of tank-01 has no metric 'temprature'; did you mean 'temperature'?",
  ],
  [{ metric: 'ph' }, "metric: model tank-sensor of tank-01 has no metric 'ph'; it has temperature, running, state"],
  [
    { metric: 'constructor' },
    "metric: model tank-sensor of tank-01 has no metric 'constructor'; it has temperature, running, state",
  ],
  [
    { metric: 'a,b' },
    "metric: 'a,b' cannot be a metric's name: it must be up to 128 letters, digits, dots, underscores, hyphens, slashes or inner spaces",
  ],
  [{ value: '21' }, "type: temperature of tank-01 is the text '21'; model tank-sensor says it is a number in Cel"],
  [{ value: true }, 'type: temperature of tank-01 is the boolean true; model tank-sensor says it is a number in Cel'],
  [{ metric: 'running', value: 1 }, 'type: running of tank-01 is the number 1; model tank-sensor says it is a boolean'],
  [{ value: Number.POSITIVE_INFINITY }, 'type: temperature is beyond what a number can hold'],
])('%j is refused in words', (metric, sentence) => {
  const { points, refusals } = normalise([metric, {}]);
  expect(refusals.map(({ reason, message }) => `${reason}: ${message}`)).toEqual([sentence]);
  expect(points).toHaveLength(1); // the good one beside it
});

test('without a model every valid name and every finite value is taken', () => {
  const { points, refusals } = normalise([{ metric: 'anything', value: '21' }, { value: Number.NEGATIVE_INFINITY }], {
    checked: null,
  });
  expect(points).toMatchObject([{ value: '21', quality: 'good' }]);
  expect(refusals).toHaveLength(1);
});

test('history is marked late', () => {
  expect(normalise([{}], { record: { isHistory: true, measuredAt: NOW - 5 } }).points).toMatchObject([{ late: true }]);
});
