import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_OPTIONS } from '../record.ts';
import { FlatJson } from './flat-json.ts';
import { jsonFormat } from './json.ts';

const flat = new FlatJson();
const read = (text: string) => flat.read(Buffer.from(text));
/** Options that ask for nothing, and are not known to ask for nothing. */
const THE_LONG_WAY = { metric: null, now: 0, layouts: [], options: { ...NO_OPTIONS } };

test('what most devices send is read from its bytes', () => {
  expect(read(' {"temperature": 81.25 ,"on":true,"state":"idle",\r\n\t"flow":null, "ts": 1795355425172}\n')).toEqual({
    ...{ measuredAt: 1_795_355_425_172, sequence: null, isHistory: false, isWhole: true },
    metrics: [
      { metric: 'temperature', value: 81.25, quality: 'good' },
      { metric: 'on', value: true, quality: 'good' },
      { metric: 'state', value: 'idle', quality: 'good' },
      { metric: 'flow', value: null, quality: 'bad' },
    ],
    ...{ where: '', isMembers: true },
  });
});

test.each([
  ['nothing', ''],
  ['a bare value', '5'],
  ['no member', '{}'],
  ['no metric', '{"ts": 5}'],
  ['a list', '{"a": [1]}'],
  ['an object inside', '{"a": {"b": 1}}'],
  ['an envelope', '{"v":1,"b":1,"r":[]}'],
  ['an escape', '{"a": "\\n"}'],
  ['an escaped name', '{"\\u0061": 1}'],
  ['a control character', '{"a": "\n"}'],
  ['more than ASCII', '{"a": "°C"}'],
  ['the same name twice', '{"a": 1, "a": 2}'],
  ['two times', '{"a": 1, "ts": 5, "time": 6}'],
  ['no time', '{"a": 1, "ts": "noon"}'],
  ['a quality', '{"a": 1, "q": 1}'],
  ['history', '{"a": 1, "hist": true}'],
  ['a name that is put before others', '{"b": 1, "0": 2}'],
  ['an empty name', '{"": 1}'],
  ['an exponent', '{"a": 1e3}'],
  ['too many digits', '{"a": 0.12345678901234567}'],
  ['a leading zero', '{"a": 01}'],
  ['a plus', '{"a": +1}'],
  ['two minuses', '{"a": --1}'],
  ['a point without digits', '{"a": 1.}'],
  ['a point before digits', '{"a": .5}'],
  ['a cut number', '{"a": -'],
  ['a cut word', '{"a": tru}'],
  ['a cut text', '{"a": "tru'],
  ['a trailing comma', '{"a": 1,}'],
  ['no colon', '{"a" 1}'],
  ['something behind', '{"a": 1} x'],
  ['something before', 'x{"a": 1}'],
  ['NaN', '{"a": NaN}'],
  ['a long text', `{"a": "${'x'.repeat(257)}"}`],
  ['many metrics', `{${Array.from({ length: 65 }, (_, i) => `"m${i}": 1`).join()}}`],
])('the long way: %s', (_, text) => {
  expect(read(text)).toBeUndefined();
});

test('where it reads a payload, it reads what the long way reads', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 5 })).map(([n, d]) => n / 10 ** d),
    fc.constant(-0),
  );
  const digits = fc.stringMatching(/^-?[0-9]{1,17}(\.[0-9]{1,17})?(e[0-9])?$/);
  const value = fc.oneof(
    number.map((each) => JSON.stringify(each)),
    digits,
    fc
      .oneof(fc.boolean(), fc.constant(null), fc.string({ maxLength: 5 }), fc.constant([1]))
      .map((v) => JSON.stringify(v)),
  );
  const name = fc
    .oneof(fc.constantFrom('ts', 'time', 'q', 'hist', 'temperature', '__proto__', 'toString', '7'), fc.string())
    .map((each) => JSON.stringify(each));
  const blank = fc.constantFrom('', ' ', '\n', '\t\r');
  const member = fc.tuple(name, blank, value, blank).map(([n, b, v, c]) => `${b}${n}${c}:${b}${v}${c}`);
  const object = fc.array(member, { minLength: 1, maxLength: 5 }).map((members) => `{${members.join()}}`);
  let count = 0;
  fc.assert(
    fc.property(object, (text) => {
      const record = read(text);
      if (record === undefined) return;
      count++;
      expect(jsonFormat.decode(Buffer.from(text), THE_LONG_WAY)).toEqual({ records: [record], refusals: [] });
    }),
    { numRuns: 20_000 },
  );
  expect(count).toBeGreaterThan(2_000);
});

test('names of the same hash are told apart, and names without end are not kept', () => {
  // 'Aa' and 'BB' have the same hash, as in Java.
  for (const name of ['Aa', 'BB', 'Aa', 'BB']) expect(read(`{"${name}": 1}`)?.metrics[0]?.metric).toBe(name);
  for (let i = 0; i < 10_000; i++) expect(read(`{"m${i}": 1}`)?.metrics[0]?.metric).toBe(`m${i}`);
});
