import { describe, expect, test } from 'vitest';
import { entityOf, valueTemplate } from './entity.ts';
import { NO_JINJA, rendered } from './testing.ts';

const KEY = 'lyon/tanks/tank-01';

test('a number with a unit is a sensor with all that is known of it', () => {
  expect(entityOf(KEY, 'temperature', { type: 'number', unit: 'Cel', resolution: 0.25, interval: '5s' })).toEqual({
    platform: 'sensor',
    name: 'temperature',
    unique_id: 'penstock_lyon__tanks__tank-01__temperature',
    value_template: expect.stringContaining('value_json.get("temperature")'),
    unit_of_measurement: '°C',
    device_class: 'temperature',
    state_class: 'measurement',
    suggested_display_precision: 2,
  });
});

test.each([
  [1, 0],
  [5, 0],
  [0.1, 1],
  [0.5, 1],
  [0.025, 3],
  [1e-7, 7],
  [1e-30, 12],
])('a resolution of %d is shown with %i decimals', (resolution, digits) => {
  expect(entityOf(KEY, 'x', { type: 'number', resolution }).suggested_display_precision).toBe(digits);
});

test('a boolean is a binary sensor and a text a plain one, whatever unit somebody gave them', () => {
  const [flag, text] = (['boolean', 'text'] as const).map((type) => entityOf(KEY, 'state', { type, unit: 'Cel' }));
  expect(Object.keys(flag ?? {})).toEqual(['platform', 'name', 'unique_id', 'value_template']);
  expect(flag?.platform).toBe('binary_sensor');
  expect(Object.keys(text ?? {})).toEqual(['platform', 'name', 'unique_id', 'value_template']);
  expect(text?.platform).toBe('sensor');
});

describe.skipIf(NO_JINJA !== undefined)(`what Jinja shows of a value${NO_JINJA ? `: ${NO_JINJA}` : ''}`, () => {
  const entry = (value: unknown, quality = 0) => JSON.stringify({ m: { value, quality, at: 1 } });
  const CASES = [
    ['number', entry(81.2), '81.2'],
    ['number', entry(0), '0'],
    ['number', entry(-1.5e300), '-1.5e+300'],
    ['number', entry(81.2, 1), '81.2'],
    ['number', entry(81.2, 2), 'None'],
    ['number', entry(null, 2), 'None'],
    ['number', entry(true), 'None'],
    ['number', entry('hot'), 'None'],
    ['number', '{}', ''],
    ['number', '{"other":{"value":1,"quality":0,"at":1}}', ''],
    ['number', '', ''],
    ['number', '[1]', ''],
    ['boolean', entry(true), 'ON'],
    ['boolean', entry(false), 'OFF'],
    ['boolean', entry(false, 2), 'None'],
    ['boolean', entry(1), 'None'],
    ['boolean', '{}', ''],
    ['text', entry('loaded'), 'loaded'],
    ['text', entry('{{ 7 * 7 }}'), '{{ 7 * 7 }}'],
    ['text', entry('x'.repeat(256)), 'x'.repeat(255)],
    ['text', entry('loaded', 2), 'None'],
    ['text', entry(5), 'None'],
    ['text', '{}', 'None'],
  ] as const;

  test('is the value, unknown, or nothing where nothing is said', async () => {
    const answers = await rendered(CASES.map(([type, payload]) => [valueTemplate('m', type), payload]));
    expect(answers.map((answer, i) => [...(CASES[i]?.slice(0, 2) ?? []), answer])).toEqual(
      CASES.map((each) => [...each]),
    );
  });

  test('also of metrics with names that mean something to Python or to Jinja', async () => {
    const names = ['items', 'get', 'keys', '__class__', '__proto__', 'a.b', 'energy/power 1', 'x-y', 'self', 'None'];
    const payload = (name: string) => JSON.stringify(Object.fromEntries([[name, { value: 1.5, quality: 0, at: 1 }]]));
    expect(await rendered(names.map((name) => [valueTemplate(name, 'number'), payload(name)]))).toEqual(
      names.map(() => '1.5'),
    );
    expect(await rendered(names.map((name) => [valueTemplate(name, 'number'), '{}']))).toEqual(names.map(() => ''));
  });
});
