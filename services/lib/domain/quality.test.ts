import { expect, test } from 'vitest';
import { decodeQuality, encodeQuality, QUALITIES, worseQuality } from './quality.ts';

test('encodeQuality() and decodeQuality() are inverse', () => {
  expect(QUALITIES.map((quality) => decodeQuality(encodeQuality(quality)))).toEqual([...QUALITIES]);
  expect(QUALITIES.map(encodeQuality)).toEqual([0, 1, 2]);
});

test.each([-1, 3, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32])('decodeQuality() knows no %d', (code) => {
  expect(decodeQuality(code)).toBeUndefined();
});

test('worseQuality() never makes a point better, whichever comes first', () => {
  for (const [i, a] of QUALITIES.entries()) {
    for (const [j, b] of QUALITIES.entries()) expect(worseQuality(a, b)).toBe(QUALITIES[Math.max(i, j)]);
  }
});
