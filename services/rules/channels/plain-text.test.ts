import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutLines, plainText } from './plain-text.ts';

test.each([
  ['Tank 1', 20, 'Tank 1'],
  ['  a\r\n\tb\u2028c\u00a0 ', 20, 'a b c'],
  ['\u001b[31mred\u0007', 20, '[31mred'],
  ['abc\u202edef\u200b\ufeff', 20, 'abc def'],
  ['x\ud800y', 20, 'x\ufffdy'],
  ['abcdef', 4, 'abc…'],
  ['ab cdef', 4, 'ab…'],
  ['😀😀😀', 2, '😀…'],
  ['', 5, ''],
])('plainText() of %j in %i characters is %j', (text, lengthMax, expected) => {
  expect(plainText(text, lengthMax)).toBe(expected);
});

test('whatever comes in: one well-formed line of the length, and nothing to do the second time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (text, lengthMax) => {
      const line = plainText(text, lengthMax);
      expect([...line].length).toBeLessThanOrEqual(lengthMax);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(line.isWellFormed()).toBe(true);
      expect(plainText(line, lengthMax)).toBe(line);
    }),
    { numRuns: 1_000 },
  );
});

test('ten megabytes of spaces cost nothing', () => {
  const startedAt = performance.now();
  expect(plainText(' '.repeat(10_000_000), 100)).toBe('');
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test.each([
  [['ab', 'cd'], 6, ['ab', 'cd']],
  [['ab', 'cd'], 5, ['ab']],
  [['é', 'x'], 3, ['é']],
  [['long'], 2, []],
  [[], 0, []],
])('cutLines() of %j in %i bytes is %j', (lines, bytesMax, expected) => {
  expect(cutLines(lines, bytesMax)).toEqual(expected);
});
