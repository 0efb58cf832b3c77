import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jinjaText } from './jinja-text.ts';
import { NO_JINJA, rendered } from './testing.ts';

test.each([
  ['temperature', '"temperature"'],
  ['energy.power 1/x', '"energy.power 1/x"'],
  ['"}}{% raw %}', String.raw`"\x22\x7d\x7d\x7b\x25 raw \x25\x7d"`],
  ['°😀', String.raw`"\xb0\U0001f600"`],
])('%j is %s', (text, literal) => {
  expect(jinjaText(text)).toBe(literal);
});

test('nothing in it can end it, or begin anything else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(jinjaText(text)).toMatch(/^"(?:[A-Za-z0-9 ._/-]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*"$/);
    }),
  );
});

describe.skipIf(NO_JINJA !== undefined)(`to Jinja itself${NO_JINJA ? `: ${NO_JINJA}` : ''}`, () => {
  test('it is the text, whatever the text is', async () => {
    const hostile = [
      '"}}{{ 7*7 }}',
      '\\"',
      "'",
      '{% for x in y %}',
      '{# #}',
      '\n',
      '\\x41',
      '\\N{DIGIT ONE}',
      '__class__',
    ];
    const texts = [...hostile, ...fc.sample(fc.string({ unit: 'grapheme' }), 300)];
    const answers = await rendered(
      texts.map((text) => [`{{ value_json == ${jinjaText(text)} }} {{ 1 + 1 }}`, JSON.stringify(text)]),
    );
    expect(answers).toEqual(texts.map(() => 'True 2'));
  });
});
