import { expect, test } from 'vitest';
import { SeriesTable } from '#domain/batch.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { deviceOfModel, modelNamed, testRegistry } from './devices/testing.ts';
import { type Normalised, normaliseRecord, noteSure } from './normaliser.ts';
import type { RawMetric, RawRecord } from './record.ts';

const NOW = 1_795_355_425_172;
const model = modelNamed('tank-sensor', {
  temperature: { type: 'number', unit: 'Cel', min: -20, max: 150 },
  running: { type: 'boolean' },
  state: { type: 'text' },
});

function normalise(
  metrics: readonly Partial<RawMetric>[],
  {
    record = {},
    checked = model,
    device = deviceOfModel(checked),
  }: { record?: Partial<RawRecord>; checked?: DeviceModel | null; device?: ReturnType<typeof deviceOfModel> } = {},
): Normalised {
  const into: Normalised = { points: [], refusals: [], repeats: 0, late: 0 };
  const whole = metrics.map((each) => ({ metric: 'temperature', value: 21, quality: 'good', ...each }) as const);
  normaliseRecord(
    { measuredAt: null, sequence: null, isHistory: false, isWhole: true, metrics: whole, ...record },
    device,
    { table: new SeriesTable(), registry: testRegistry(), now: NOW, isHistory: record.isHistory ?? false, into },
  );
  return into;
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

test.each([
  [{ value: 70, unit: '[degF]' }, 21.1111111111],
  [{ value: 294.15, unit: 'K' }, 21],
  [{ value: 21.37, unit: 'Cel' }, 21.37],
  [{ metric: 'running', value: true, unit: 'bar' }, true],
] as const)('%j is converted to the unit of its model', (metric, value) => {
  expect(normalise([metric])).toMatchObject({ points: [{ value }], refusals: [] });
});

test('a unit that cannot be converted is refused, and nothing guessed', () => {
  expect(normalise([{ value: 3, unit: 'bar' }])).toMatchObject({
    points: [],
    refusals: [
      {
        reason: 'unit',
        message: 'temperature of tank-01 comes in bar, which cannot be converted to Cel, as model tank-sensor has it',
      },
    ],
  });
});

test('what its unit makes too large for a number is refused, and never written', () => {
  const long = modelNamed('rod', { length: { type: 'number', unit: 'um' } });
  expect(normalise([{ metric: 'length', value: 1e308, unit: 'km' }], { checked: long })).toMatchObject({
    points: [],
    refusals: [{ reason: 'type', message: 'length is beyond what a number can hold' }],
  });
});

test("a birth's unit is the one that values come in; what they say themselves goes before it", () => {
  const device = deviceOfModel(model);
  device.learn(model, new Map([['temperature', { unit: '[degF]' }]]));
  const read = (metric: Partial<RawMetric>) => normalise([metric], { device }).points[0]?.value;
  expect([read({ value: 212 }), read({ value: 20, unit: 'Cel' }), read({ value: 300, unit: 'K' })]).toEqual([
    100, 20, 26.85,
  ]);
});

test('without a model a birth says what is checked; what it does not name is taken', () => {
  const device = deviceOfModel(null);
  device.learn(null, new Map([['level', { type: 'number', unit: 'm', max: 10 }]]));
  const { points, refusals } = normalise(
    [{ metric: 'level', value: 11 }, { metric: 'level', value: 'full' }, { metric: 'x' }],
    { device },
  );
  expect(points).toMatchObject([
    { value: 11, quality: 'bad' },
    { value: 21, quality: 'good' },
  ]);
  expect(refusals).toMatchObject([
    { message: "level of tank-01 is the text 'full'; its birth says it is a number in m" },
  ]);
});

test('a model that admits what it does not name checks the rest', () => {
  const open = { ...model, unknownMetrics: 'admit' } as const;
  expect(normalise([{ metric: 'anything' }, { value: 'x' }], { checked: open })).toMatchObject({
    points: [{ value: 21 }],
    refusals: [{ reason: 'type' }],
  });
});

test('a point that the broker has is not sent again; another value, quality or time is', () => {
  const device = deviceOfModel(model);
  const send = (value: number, measuredAt: number | null = NOW - 1_000) =>
    normalise([{ value }], { device, record: { measuredAt } });
  const first = send(21);
  expect(send(21)).toMatchObject({ points: [{ value: 21 }], repeats: 0 }); // not safe yet
  for (const point of first.points) noteSure(point);
  expect(send(21)).toMatchObject({ points: [], repeats: 1 });
  expect(send(22)).toMatchObject({ points: [{ value: 22 }], repeats: 0 });
  expect(send(21, NOW - 2_000)).toMatchObject({ repeats: 0, late: 0 });
  expect(send(21, NOW - 11_001)).toMatchObject({ points: [{ late: false }], late: 1 });
  expect(send(21, null)).toMatchObject({ repeats: 0 });
});
