import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePoint } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import { QUALITIES } from '#domain/quality.ts';
import { makeSeries } from '#domain/series.ts';
import { LineBuffer } from './line-buffer.ts';
import { linePrefix, writePoint } from './point-line.ts';

const series = makeSeries({ site: 'lyon', area: 'tanks', device: 't1', metric: 'Tank 1/level' });
const prefix = linePrefix(series);

function written(points: readonly Point[]): string {
  const into = new LineBuffer();
  for (const point of points) writePoint(point, prefix, into);
  return into.written.toString();
}

function numberIn(value: number): string {
  const into = new LineBuffer();
  into.number(value);
  return into.written.toString();
}

test.each([
  [0, '0'],
  [-0, '-0'],
  [81.2, '81.2'],
  [-20, '-20'],
  [0.001, '0.001'],
  [-0.005, '-0.005'],
  [1.05, '1.05'],
  [100.1, '100.1'],
  [0.0001, '0.0001'],
  [1e21, '1e+21'],
  [2 ** 53, '9007199254740992'],
  [123456789.125, '123456789.125'],
  [2147483647, '2147483647'],
  [2147483648.5, '2147483648.5'],
  [Number.MAX_VALUE, '1.7976931348623157e+308'],
  [Number.MIN_VALUE, '5e-324'],
])('%d is written as %s', (value, text) => {
  expect(numberIn(value)).toBe(text);
});

test('every number reads as itself, and none is longer than it need be', () => {
  const near = fc.tuple(fc.integer(), fc.constantFrom(1, 10, 100, 1_000)).map(([whole, parts]) => whole / parts);
  fc.assert(
    fc.property(fc.oneof(near, fc.double({ noNaN: true, noDefaultInfinity: true })), (value) => {
      const text = numberIn(value);
      expect(Number(text)).toBe(value);
      expect(text.length).toBeLessThanOrEqual(`${value}`.length + (Object.is(value, -0) ? 1 : 0));
    }),
    { numRuns: 20_000 },
  );
});

test('lines are those of encodePoint, with a newline between them', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constant(null),
  );
  const point = fc
    .record({
      value,
      quality: fc.constantFrom(...QUALITIES),
      measuredAt: fc.integer({ min: -(2 ** 41), max: 2 ** 42 }),
      late: fc.boolean(),
    })
    .map((each): Point => ({ series, ...each }));
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 40 }), (points) => {
      expect(written(points)).toBe(points.map(encodePoint).join('\n'));
    }),
    { numRuns: 500 },
  );
});
