import { describe, expect, test } from 'vitest';
import { excerptOf, rangeOf } from './excerpt.ts';

test.each<[string, string, string | undefined]>([
  ['{"a" 1}', 'character 6', '1'],
  ['{"a": 1', 'character 8', ''],
  ['{"a": 1', 'character 9', undefined],
  ['a\nbb\nc', 'line 2', 'bb'],
  ['a\nbb\nc', 'line 3', 'c'],
  ['a\nbb\nc', 'line 4', undefined],
  ['[{"n":1},{"n":2}]', 'record 1', '{"n":2}'],
  ['é=1', 'byte 2', '='],
  ['abc', 'byte 3', undefined],
  ['{"state": "{x", "b": 1}', 'state, character 2', '"state": "{x"'],
  ['{"r": [{"m": {"temp": "hot"}}]}', 'r[0].m.temp', '"temp": "hot"'],
  ['{"line 2": 5}', 'line 2', undefined],
  ['x', 'somewhere', undefined],
])('of %j the place %j is %j', (text, place, expected) => {
  const range = rangeOf(text, place);
  expect(range && text.slice(range.start, range.end)).toBe(expected);
});

describe('excerptOf()', () => {
  test('shows the place within what stands around it, and says where it is cut', () => {
    const payload = `{"a": "${'x'.repeat(1_000)}", "temp": "hot", "b": "${'y'.repeat(1_000)}"}`;
    const excerpt = excerptOf({ payload }, 'temp');
    expect(excerpt).toMatchObject({ marked: '"temp": "hot"', isCutBefore: true, isCutAfter: true });
    expect([excerpt.before.length, excerpt.after.length]).toEqual([160, 160]);
    expect(payload).toContain(`${excerpt.before}${excerpt.marked}${excerpt.after}`);
  });

  test('shows the beginning where no place is known, and of a long place its beginning', () => {
    const payload = `{"a": [${'1,'.repeat(1_000)}1]}`;
    expect(excerptOf({ payload }, undefined)).toEqual({
      ...{ before: '', marked: undefined, after: payload.slice(0, 400), isCutBefore: false, isCutAfter: true },
      isDump: false,
    });
    expect(excerptOf({ payload }, 'a').marked).toHaveLength(240);
    expect(excerptOf({ payload: '{"a": 1' }, 'character 8')).toEqual({
      ...{ before: '{"a": 1', marked: '', after: '', isCutBefore: false, isCutAfter: false },
      isDump: false,
    });
  });

  test('shows bytes as a dump with one of them marked', () => {
    const bytes = Buffer.from(Array.from({ length: 200 }, (_, i) => i));
    const { before, marked, after, ...cut } = excerptOf({ payloadBase64: bytes.toString('base64') }, 'byte 82');
    expect([marked, cut]).toEqual(['52', { isCutBefore: true, isCutAfter: true, isDump: true }]);
    const lines = `${before}[${marked}]${after}`.split('\n');
    expect([lines.length, lines[0], lines[3]]).toEqual([
      7,
      '0020  20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f',
      '0050  50 51 [52] 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f',
    ]);
    expect(excerptOf({ payloadBase64: 'AP8=' }, 'byte 0')).toMatchObject({
      before: '0000  ',
      marked: '00',
      after: ' ff',
    });
    expect(excerptOf({ payloadBase64: 'AP8=' }, 'byte 9')).toMatchObject({ before: '0000  00 ff', marked: undefined });
    expect(excerptOf({ payloadBase64: '' }, 'byte 0')).toMatchObject({ before: '', marked: undefined });
  });
});
