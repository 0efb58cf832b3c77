import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '#domain/random.ts';
import type { FieldType, Page, SampleValue } from '../../influxql/store.ts';
import { DamagedBytesError } from './byte-reader.ts';
import { decodeChunk, encodeChunk, integerOf } from './chunk.ts';

const moments = fc
  .uniqueArray(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), { minLength: 1, maxLength: 200 })
  .map((times) => Float64Array.from(times.sort((a, b) => a - b)));

function sameAfter(page: Page, type: FieldType): void {
  const read = decodeChunk(encodeChunk(page), type);
  expect(read.times).toEqual(page.times);
  expect([...read.values].every((value, i) => Object.is(value, page.values[i]))).toBe(true);
  expect(read.values.length).toBe(page.values.length);
}

function property(type: FieldType, value: fc.Arbitrary<SampleValue>): void {
  fc.assert(
    fc.property(moments, fc.infiniteStream(value), (times, stream) => {
      const values = [...stream.take(times.length)];
      const isNumbers = values.every((one) => typeof one === 'number');
      sameAfter({ times, values: isNumbers ? Float64Array.from(values as number[]) : values }, type);
    }),
  );
}

describe('a chunk reads back as it was written', () => {
  test('floats of any kind', () => property('float', fc.double({ noNaN: true, noDefaultInfinity: true })));
  test('floats with few decimals', () =>
    property(
      'float',
      fc.tuple(fc.integer(), fc.integer({ min: 0, max: 6 })).map(([n, k]) => n / 10 ** k),
    ));
  test('float32', () => property('float', fc.float({ noNaN: true, noDefaultInfinity: true })));
  test('integers beyond 2^53', () =>
    property(
      'integer',
      fc
        .bigInt(-(2n ** 63n), 2n ** 63n - 1n)
        .map(String)
        .map(integerOf),
    ));
  test('booleans', () => property('boolean', fc.boolean()));
  test('texts', () => property('string', fc.string({ unit: 'grapheme' })));
  test('minus zero, and numbers at the ends', () =>
    sameAfter(
      { times: Float64Array.of(0, 1, 2, 3), values: Float64Array.of(-0, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53) },
      'float',
    ));
});

describe('bytes per sample of an hour at 2 s', () => {
  const random = createRandom(7);
  const hour = (value: (before: number) => number, jitterUs = 0): number => {
    let last = 50;
    const times = Float64Array.from(
      { length: 1_800 },
      (_, i) => 1.79e15 + i * 2e6 + Math.floor(random() * jitterUs) * 1_000,
    );
    const values = Float64Array.from(times, () => (last = value(last)));
    return encodeChunk({ times, values }).length / 1_800;
  };
  const walk = (last: number) => last + (random() - 0.5) * 0.4;

  test('two decimals', () => expect(hour((last) => Math.round(walk(last) * 100) / 100)).toBeLessThan(1.25));
  test('two decimals, times that jitter', () =>
    expect(hour((last) => Math.round(walk(last) * 100) / 100, 20)).toBeLessThan(2.5));
  test('float32', () => expect(hour((last) => Math.fround(walk(last)))).toBeLessThan(4));
  test('a value that does not change', () => expect(hour((last) => last)).toBeLessThan(0.05));
});

test('bytes that are cut off or changed are damage', () => {
  const whole = encodeChunk({ times: Float64Array.of(1, 2, 3), values: Float64Array.of(1.5, 2.5, 3.5) });
  for (let at = 0; at < whole.length; at++) {
    expect(() => decodeChunk(whole.subarray(0, at), 'float')).toThrow(DamagedBytesError);
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] as number) ^ 0x10;
    expect(() => decodeChunk(flipped, 'float')).toThrow(DamagedBytesError);
  }
});
