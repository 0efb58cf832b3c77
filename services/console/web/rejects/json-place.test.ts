import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeInJson } from './json-place.ts';

const ENVELOPE = '{"v":1, "r": [{"n":1,"m":{"temp":20}}, {"n":2, "m": {"temp" : "ho\\"t]}", "x.y": [1, [2, 3]] }}]}';

test.each<[string, string, string | undefined]>([
  [ENVELOPE, 'v', '"v":1'],
  [ENVELOPE, 'r[0].m.temp', '"temp":20'],
  [ENVELOPE, 'r[1].m.temp', '"temp" : "ho\\"t]}"'],
  [ENVELOPE, 'r[1].m.x.y.1.0', '2'],
  [ENVELOPE, 'r[1].m.x.y[0]', '1'],
  [ENVELOPE, 'r[1]', '{"n":2, "m": {"temp" : "ho\\"t]}", "x.y": [1, [2, 3]] }}'],
  // What is missing: the last thing on the way to it.
  [ENVELOPE, 'r[0].ts', '{"n":1,"m":{"temp":20}}'],
  [ENVELOPE, 'nothing', undefined],
  [ENVELOPE, '', undefined],
  ['[{"n":"a"},{"n":"b"}]', '[1]', '{"n":"b"}'],
  ['{"a.b": 1, "a": {"b": 2}}', 'a.b', '"a.b": 1'],
  ['{"a": {"b": 2}, "ab": 3}', 'ab', '"ab": 3'],
  ['{"\\u0061b": 3}', 'ab', '"\\u0061b": 3'],
  ['{"__proto__": 3}', '__proto__', '"__proto__": 3'],
  ['{"temp": 12', 'temp', '"temp": 12'],
  ['{"a": 1, "b": <oops>, "c": 3}', 'b', '"b": <oops>'],
  ['5', 'a', undefined],
  ['', 'a', undefined],
  ['no JSON', 'a', undefined],
])('in %j the place %j is %j', (text, path, expected) => {
  const range = rangeInJson(text, path);
  expect(range && text.slice(range.start, range.end)).toBe(expected);
});

test('a text that nests 200,000 deep is looked through, and one of many members in no time', () => {
  const deep = `{"a": ${'['.repeat(200_000)}, "b": 1}`;
  expect(rangeInJson(deep, 'b')).toBeUndefined();
  const wide = `{${Array.from({ length: 20_000 }, (_, i) => `"m${i}":${i}`).join(',')}}`;
  const { start = 0, end = 0 } = rangeInJson(wide, 'm19999') ?? {};
  expect(wide.slice(start, end)).toBe('"m19999":19999');
});

test('whatever is sent, it ends, and stays within the text', () => {
  const json = fc.json();
  const broken = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', 'a', '1', ' '), { maxLength: 40 });
  const text = fc.oneof(
    json,
    broken.map((parts) => parts.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, fc.oneof(fc.string(), fc.constantFrom('a', 'a.1', '[0]', 'a[0].1')), (given, path) => {
      const { start, end } = rangeInJson(given, path) ?? { start: 0, end: 0 };
      expect(0 <= start && start <= end && end <= given.length).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('every member of a JSON text is found by its path', () => {
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.dictionary(name, fc.integer(), { minKeys: 1 }), { minKeys: 1 }), (given) => {
      const text = JSON.stringify(given, null, 1);
      for (const [outer, members] of Object.entries(given))
        for (const [inner, value] of Object.entries(members)) {
          const { start = 0, end = 0 } = rangeInJson(text, `${outer}.${inner}`) ?? {};
          expect(text.slice(start, end)).toBe(`"${inner}": ${value}`);
        }
    }),
  );
});
