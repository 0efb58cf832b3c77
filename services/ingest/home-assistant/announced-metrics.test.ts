import { expect, test } from 'vitest';
import { deviceOfModel, modelNamed } from '../devices/testing.ts';
import { agesOf, announcedMetrics, mayHave } from './announced-metrics.ts';

const model = modelNamed('valve', {
  position: { type: 'number', unit: '%', interval: '2s' },
  setpoint: { type: 'number', access: 'write' },
  mode: { type: 'text', access: 'read-write' },
});

test('of a model all that it measures, before any of it has come', () => {
  const metrics = announcedMetrics(deviceOfModel(model), new Map());
  expect([...metrics.keys()]).toEqual(['position', 'mode']);
  expect(agesOf(metrics)).toEqual(new Map([['position', 6_000]]));
});

test('what is only set by commands is shown where the device tells it all the same', () => {
  expect([...announcedMetrics(deviceOfModel(model), new Map([['setpoint', 'number']])).keys()]).toContain('setpoint');
});

test('of a birth what it declares, and what the model says of it goes before', () => {
  const device = deviceOfModel(null);
  device.learn(
    null,
    new Map([
      ['load', { unit: 'kW' }],
      ['on', { type: 'boolean' as const }],
    ]),
  );
  expect(announcedMetrics(device, new Map())).toEqual(
    new Map([
      ['load', { type: 'number', unit: 'kW' }],
      ['on', { type: 'boolean' }],
    ]),
  );
});

test('of a device that nobody knows what it has sent, by the type of that', () => {
  expect(announcedMetrics(deviceOfModel(null), new Map([['state', 'text']]))).toEqual(
    new Map([['state', { type: 'text' }]]),
  );
});

test('a metric that the model does not admit is none', () => {
  const device = deviceOfModel(model);
  expect(announcedMetrics(device, new Map([['old', 'number']])).has('old')).toBe(false);
  expect([mayHave(device, 'old'), mayHave(device, 'mode')]).toEqual([false, true]);
  const open = deviceOfModel({ ...model, unknownMetrics: 'admit' });
  expect([mayHave(open, 'old'), announcedMetrics(open, new Map([['old', 'number']])).has('old')]).toEqual([true, true]);
});
