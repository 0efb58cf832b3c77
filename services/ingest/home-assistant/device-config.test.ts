import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMetricName } from '#domain/name.ts';
import { AVAILABILITY_TEMPLATE, type DescribedDevice, deviceConfig, withRemoved } from './device-config.ts';
import { NO_JINJA, rendered } from './testing.ts';

const BOUNDS = { components: 200, bytes: 100_000 };
const tank: DescribedDevice = {
  ...{ site: 'lyon', area: 'tanks', device: 'tank-01', model: 'tank-sensor', firmware: '1.4.0' },
  metrics: new Map([
    ['level', { type: 'number', unit: 'm', interval: '2s' }],
    ['temperature', { type: 'number', unit: 'Cel', interval: '30s' }],
    ['state', { type: 'text' }],
  ]),
};
type Config = { device: object; components: Record<string, Record<string, unknown>>; [key: string]: unknown };
const read = (config: { payload: string } | null) => JSON.parse(config?.payload ?? 'null') as Config;

test('one message tells all of a device', () => {
  const { components, ...frame } = read(deviceConfig(tank, '0.1.0', BOUNDS));
  expect(frame).toEqual({
    device: {
      ...{ identifiers: ['penstock_lyon__tanks__tank-01'], name: 'lyon/tanks/tank-01', suggested_area: 'tanks' },
      ...{ model: 'tank-sensor', sw_version: '1.4.0' },
    },
    origin: { name: 'Penstock', sw_version: '0.1.0' },
    state_topic: 'latest/v1/lyon/tanks/tank-01',
    availability: [{ topic: 'device/v1/lyon/tanks/tank-01', value_template: AVAILABILITY_TEMPLATE }],
  });
  expect(Object.keys(components)).toEqual([
    'sensor_penstock_lyon__tanks__tank-01__level',
    'sensor_penstock_lyon__tanks__tank-01__temperature',
    'sensor_penstock_lyon__tanks__tank-01__state',
  ]);
});

test('three of the longest interval without any message and it is unavailable; without an interval it never is', () => {
  const { components } = read(deviceConfig(tank, '0.1.0', BOUNDS));
  expect(Object.values(components).map(({ expire_after }) => expire_after)).toEqual([92, 92, undefined]);
});

test('a metric of another type is another component, and one that is gone is named by its platform alone', () => {
  const before = deviceConfig(tank, '0.1.0', BOUNDS);
  const now = deviceConfig({ ...tank, metrics: new Map([['state', { type: 'boolean' }]]) }, '0.1.0', BOUNDS);
  const { components } = read({ payload: withRemoved(now?.payload ?? '', before?.components ?? new Map()) });
  expect(components).toEqual({
    'binary_sensor_penstock_lyon__tanks__tank-01__state': expect.objectContaining({ platform: 'binary_sensor' }),
    'sensor_penstock_lyon__tanks__tank-01__level': { platform: 'sensor' },
    'sensor_penstock_lyon__tanks__tank-01__temperature': { platform: 'sensor' },
    'sensor_penstock_lyon__tanks__tank-01__state': { platform: 'sensor' },
  });
});

test('a device with nothing to show is not announced', () => {
  expect(deviceConfig({ ...tank, metrics: new Map() }, '0.1.0', BOUNDS)).toBeNull();
});

test('is bounded in components and bytes, and says how many metrics had no room', () => {
  const metrics = new Map(Array.from({ length: 500 }, (_, i) => [`m${i}`, { type: 'number' as const }]));
  const many = deviceConfig({ ...tank, metrics }, '0.1.0', BOUNDS);
  expect([many?.components.size, many?.leftOut]).toEqual([200, 300]);
  const short = deviceConfig({ ...tank, metrics }, '0.1.0', { ...BOUNDS, bytes: 5_000 });
  expect(Buffer.byteLength(short?.payload ?? '')).toBeLessThanOrEqual(5_000);
  expect((short?.components.size ?? 0) + (short?.leftOut ?? 0)).toBe(500);
  expect(short?.components.size).toBeGreaterThan(3);
});

test('whatever a device calls itself and its units, it is JSON, and a template holds no word of it but the name of its metric', () => {
  const metric = fc.stringMatching(/^[A-Za-z0-9_](?:[A-Za-z0-9._/ -]{0,20}[A-Za-z0-9._-])?$/).filter(isMetricName);
  fc.assert(
    fc.property(metric, fc.string(), fc.string(), (name, unit, text) => {
      const metrics = new Map([[name, { type: 'number' as const, unit }]]);
      const plain = read(deviceConfig({ ...tank, metrics: new Map([[name, { type: 'number' }]]) }, '0.1.0', BOUNDS));
      const hostile = read(deviceConfig({ ...tank, model: text, firmware: text, metrics }, '0.1.0', BOUNDS));
      const templatesOf = ({ components }: Config) => Object.values(components).map((each) => each.value_template);
      expect(templatesOf(hostile)).toEqual(templatesOf(plain));
      expect(hostile.availability).toEqual(plain.availability);
      expect(hostile.device).toMatchObject({ model: text, sw_version: text });
    }),
  );
});

describe.skipIf(NO_JINJA !== undefined)(`whether it is there, to Jinja${NO_JINJA ? `: ${NO_JINJA}` : ''}`, () => {
  test.each([
    ['{"online":true}', 'online'],
    ['{"online":false}', 'offline'],
    ['{"online":null}', 'online'],
    ['', 'online'],
    ['null', 'online'],
  ])('%s is %s', async (payload, answer) => {
    expect(await rendered([[AVAILABILITY_TEMPLATE, payload]])).toEqual([answer]);
  });
});
