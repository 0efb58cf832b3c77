import { expect, test } from 'vitest';
import { texts } from '../texts.ts';
import { configRows, desiredProblem, prettyJson, ROWS_MAX } from './config-rows.ts';

const { config } = texts.devices;
const rows = (desired: string | null, reported: string | null) =>
  configRows(desired, reported)?.map(({ path, desired: wanted, reported: told, state }) => [path, wanted, told, state]);

test('what is not as it is desired comes first, each member by its path', () => {
  const desired = '{"interval": 5, "net": {"ssid": "plant", "retries": [1, 2]}, "led": true}';
  const reported = '{"interval": 5, "net": {"ssid": "old", "retries": [1, 2]}, "firmware": "1.2"}';
  expect(rows(desired, reported)).toEqual([
    ['led', 'true', null, 'waiting'],
    ['net.ssid', '"plant"', '"old"', 'waiting'],
    ['firmware', null, '"1.2"', 'extra'],
    ['interval', '5', '5', 'same'],
    ['net.retries', '[1,2]', '[1,2]', 'same'],
  ]);
});

test.each([
  [null, null, []],
  [null, '{"a": 1}', [['a', null, '1', 'extra']]],
  ['{"a": 1}', null, [['a', '1', null, 'waiting']]],
  ['{}', '{}', [['', '{}', '{}', 'same']]],
  ['{"a": {}}', '{"a": 1}', [['a', '{}', '1', 'waiting']]],
  ['[1]', null, [['', '[1]', null, 'waiting']]],
  ['{"a": null}', '{"a": null}', [['a', 'null', 'null', 'same']]],
])('of %s and %s', (desired, reported, expected) => {
  expect(rows(desired, reported)).toEqual(expected);
});

test('what is not JSON has no rows', () => {
  expect(configRows('{"a": 1}', 'interval=5')).toBeUndefined();
  expect(configRows('{', null)).toBeUndefined();
});

test('a hostile document is bounded, in number and depth', () => {
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])));
  expect(configRows(null, wide)).toHaveLength(ROWS_MAX);
  const deep = `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`;
  expect(configRows(null, deep)).toHaveLength(1);
});

test.each([
  ['{"a": 2}', '{"a": 1}', null],
  ['{"a": 2}', null, null],
  ['', '{"a": 1}', null],
  ['  ', null, config.unchanged],
  ['{"a": 1}', '{"a":1}', config.unchanged],
  ['{"a": 1}', 'not JSON', null],
  ['[1]', null, config.notObject],
  ['"x"', null, config.notObject],
])('%j instead of %j: %s', (text, before, problem) => {
  expect(desiredProblem(text, before)).toBe(problem);
});

test('what is not JSON is said while it is typed', () => {
  expect(desiredProblem('{"a": ', null)).toContain('Not valid JSON');
});

test('what is desired is shown in lines, and as it is where it is no JSON', () => {
  expect([prettyJson('{"a":1}'), prettyJson('x')]).toEqual(['{\n  "a": 1\n}', 'x']);
});
