import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import { DeviceValues } from './device-values.ts';

const NOW = 1_795_355_425_172;
const point = (value: Value | null, measuredAt = NOW, quality: Quality = 'good') => ({ value, quality, measuredAt });
const told = (values: DeviceValues) => JSON.parse(values.text()) as Record<string, unknown>;
const restored = (text: string, now = NOW) => {
  const values = new DeviceValues(10);
  values.restore(Buffer.from(text), now);
  return values;
};

test('the newest of each metric is told, with its quality and its time', () => {
  const values = new DeviceValues(10);
  expect(values.take('level', point(1.5), NOW)).toBe('first');
  expect(values.take('level', point(1.6, NOW + 1, 'uncertain'), NOW)).toBe('replaced');
  expect(values.take('running', point(true), NOW)).toBe('first');
  expect(values.take('__proto__', point(null, NOW, 'bad'), NOW)).toBe('first');
  expect(values.text()).toBe(
    `{"level":{"value":1.6,"quality":1,"at":${NOW + 1}},"running":{"value":true,"quality":0,"at":${NOW}},"__proto__":{"value":null,"quality":2,"at":${NOW}}}`,
  );
  expect(values.types).toEqual(
    new Map<string, string>([
      ['level', 'number'],
      ['running', 'boolean'],
    ]),
  );
});

test('a value that was measured before the one that is known changes nothing', () => {
  const values = new DeviceValues(10);
  values.take('level', point(2), NOW);
  values.tell();
  expect(values.take('level', point(1, NOW - 1), NOW + 5)).toBe('older');
  expect([values.hasNews, told(values)]).toEqual([false, { level: { value: 2, quality: 0, at: NOW } }]);
});

test('what waits is the newest, and it says what it took the place of', () => {
  const values = new DeviceValues(10);
  const taken = [0, 1, 2, 3, 4].map((i) => values.take('level', point(i, NOW + i), NOW));
  expect([taken, values.hasNews]).toEqual([['first', 'replaced', 'replaced', 'replaced', 'replaced'], true]);
  expect(values.tell()).toContain('"value":4');
  expect(values.hasNews).toBe(false);
  expect(values.take('level', point(5, NOW + 5), NOW)).toBe('newer');
});

test('a device that counts in the names of its metrics gets no more room than there is', () => {
  const values = new DeviceValues(2);
  expect(['a', 'b', 'c', 'a'].map((metric) => values.take(metric, point(1), NOW))).toEqual([
    ...['first', 'first', 'no room', 'replaced'],
  ]);
});

test('a value that comes no more is bad after its time, and good again when it comes', () => {
  const values = new DeviceValues(10);
  values.learn(new Map([['level', 6_000]]), () => true);
  values.take('level', point(1), NOW);
  values.take('other', point(1), NOW);
  values.tell();
  values.expire(NOW + 6_000);
  expect(values.hasNews).toBe(false);
  values.expire(NOW + 6_001);
  expect(values.hasNews).toBe(true);
  expect(JSON.parse(values.tell())).toMatchObject({ level: { value: 1, quality: 2 }, other: { quality: 0 } });
  values.expire(NOW + 7_000);
  expect(values.hasNews).toBe(false);
  values.take('level', point(1, NOW + 8_000), NOW + 8_000);
  expect(told(values)).toMatchObject({ level: { quality: 0 } });
});

test('after a restart it goes on from what was told, also with metrics that have not come since', () => {
  const before = new DeviceValues(10);
  before.take('level', point(1.5), NOW);
  before.take('state', point('loaded'), NOW);
  const values = restored(before.text());
  expect([values.hasNews, values.text()]).toEqual([false, before.text()]);
  values.take('level', point(9, NOW - 60_000), NOW + 1_000);
  values.take('level', point(2, NOW + 1_000), NOW + 1_000);
  expect(told(values)).toMatchObject({ level: { value: 2 }, state: { value: 'loaded', quality: 0 } });
});

test('a metric that has no value at the restart is still of the type that it was', () => {
  const before = new DeviceValues(10);
  before.take('state', point('loaded'), NOW);
  before.take('state', point(null, NOW + 1, 'bad'), NOW);
  before.take('never', point(null, NOW, 'bad'), NOW);
  expect(told(before)).toEqual({
    state: { value: null, quality: 2, at: NOW + 1, type: 'text' },
    never: { value: null, quality: 2, at: NOW },
  });
  expect([...restored(before.text()).types]).toEqual([['state', 'text']]);
});

test('what came before the old ones were read stays, and what of it was told is told again', () => {
  const values = new DeviceValues(10);
  values.take('level', point(2), NOW);
  values.tell();
  values.restore(
    Buffer.from(`{"level":{"value":1,"quality":0,"at":${NOW - 1}},"x":{"value":5,"quality":0,"at":1}}`),
    NOW,
  );
  expect(values.hasNews).toBe(true);
  expect(told(values)).toMatchObject({ level: { value: 2 }, x: { value: 5 } });
});

test('silence while we were away was ours, and a value that was bad before stays it', () => {
  const values = restored(`{"a":{"value":1,"quality":0,"at":1},"b":{"value":1,"quality":2,"at":1}}`);
  values.learn(
    new Map([
      ['a', 6_000],
      ['b', 6_000],
    ]),
    () => true,
  );
  values.expire(NOW + 6_000);
  expect(told(values)).toMatchObject({ a: { quality: 0 }, b: { quality: 2 } });
  values.expire(NOW + 6_001);
  expect(told(values)).toMatchObject({ a: { quality: 2 } });
});

test('a metric that the model has no more is told no more', () => {
  const values = restored(`{"a":{"value":1,"quality":0,"at":1},"b":{"value":1,"quality":0,"at":1}}`);
  values.learn(new Map(), (metric) => metric === 'b');
  expect([values.hasNews, Object.keys(told(values))]).toEqual([true, ['b']]);
});

test('whatever lies retained there is no trouble', () => {
  const entry = fc.record({ value: fc.jsonValue(), quality: fc.jsonValue(), at: fc.jsonValue() });
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    fc.dictionary(fc.string(), entry).map((each) => JSON.stringify(each)),
  );
  fc.assert(
    fc.property(text, (each) => {
      const values = restored(each);
      expect(restored(values.text()).text()).toBe(values.text());
    }),
  );
  expect(told(restored('{"a":{"value":{},"quality":0,"at":1},"b":{"value":1,"quality":7,"at":1},"é":{}}'))).toEqual({});
});
