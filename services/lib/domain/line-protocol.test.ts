import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeLine,
  decodeLines,
  encodeField,
  encodeLine,
  type FieldValue,
  type Line,
  type LineError,
  tagProblem,
} from './line-protocol.ts';

function decodeAll(text: string): { lines: [Line, number][]; errors: LineError[] } {
  const lines: [Line, number][] = [];
  const errors: LineError[] = [];
  decodeLines(
    text,
    (line, number) => lines.push([line, number]),
    (error) => errors.push(error),
  );
  return { lines, errors };
}

/** What a person, a device or an attacker might write, with what line protocol gives a meaning overrepresented. */
const hostile = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom(',', '=', ' ', '\\', '"', '\n', '\r', '#', 'a', 'é', '𝛑', '1', 'i'))
      .map((c) => c.join('')),
  )
  // Lone surrogates have no UTF-8, and so no line.
  .filter((text) => text.isWellFormed());
const name = hostile.filter((text) => tagProblem(text) === undefined);

const fieldValue: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ type: 'float' as const, value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ type: 'integer' as const, value })),
  fc.boolean().map((value) => ({ type: 'boolean' as const, value })),
  hostile.map((value) => ({ type: 'string' as const, value })),
);

const line: fc.Arbitrary<Line> = fc.record({
  measurement: name.filter((text) => !text.startsWith('#') && !/^\s/.test(text)),
  tags: fc.uniqueArray(fc.tuple(name, name), { selector: ([key]) => key, maxLength: 4 }),
  fields: fc.array(fc.tuple(name, fieldValue), { minLength: 1, maxLength: 4 }),
  time: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { nil: undefined }),
});

function canonical(decoded: Line): Line {
  return { ...decoded, tags: [...decoded.tags].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

describe('encodeLine() and decodeLines()', () => {
  test('give back what was written, hostile names and texts included', () => {
    fc.assert(
      fc.property(line, (written) => {
        const { lines, errors } = decodeAll(encodeLine(written));
        expect(errors).toEqual([]);
        expect(lines.map(([decoded]) => canonical(decoded))).toEqual([canonical(written)]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('keep lines apart: as many come out as went in, in order, whatever the texts hold', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (written) => {
        const { lines, errors } = decodeAll(written.map(encodeLine).join('\n'));
        expect(errors).toEqual([]);
        expect(lines.map(([decoded]) => canonical(decoded))).toEqual(written.map(canonical));
      }),
    );
  });

  test('never throw for what somebody sent, and account for every line', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { lines, errors } = decodeAll(text);
        expect(lines.length + errors.length).toBeLessThanOrEqual(text.split('\n').length);
        for (const { reason } of errors) expect(reason).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [
      { measurement: 'm\n', tags: [], fields: [['v', { type: 'boolean', value: true }]], time: 1n },
      /control character/,
    ],
    [
      { measurement: 'm', tags: [['a', 'b\\']], fields: [['v', { type: 'boolean', value: true }]], time: 1n },
      /backslash/,
    ],
    [{ measurement: 'm', tags: [['a', '']], fields: [['v', { type: 'boolean', value: true }]], time: 1n }, /is empty/],
    [{ measurement: 'm', tags: [], fields: [], time: 1n }, /without fields/],
    [{ measurement: 'm', tags: [], fields: [['v', { type: 'float', value: Number.NaN }]], time: 1n }, /finite/],
  ] as [Line, RegExp][])('encodeLine() refuses what would be read back as something else: %o', (bad, reason) => {
    expect(() => encodeLine(bad)).toThrow(reason);
  });

  test('encodeLine() sorts tags, as the store keeps them', () => {
    const tags = [
      ['site', 'lyon'],
      ['area', 'tank farm'],
    ] as const;
    expect(encodeLine({ measurement: 'm', tags, fields: [['v', { type: 'float', value: 1 }]], time: 5n })).toBe(
      'm,area=tank\\ farm,site=lyon v=1 5',
    );
  });

  test('encodeField() keeps the sign of zero', () => {
    expect(encodeField({ type: 'float', value: -0 })).toBe('-0');
  });
});

// Every reason is what InfluxDB 1.6.7 answered to the line.
test.each([
  ['reading value= 1', 'missing field value'],
  ['broken', 'missing fields'],
  ['m ', 'invalid field format'],
  ['m v', 'invalid field format'],
  ['m v=1,', 'invalid field format'],
  ['m v=1,,w=2', 'invalid field format'],
  ['m =1', 'missing field key'],
  ['m v=', 'missing field value'],
  ['m v=NaN 1', 'invalid number'],
  ['m v=1u 1', 'invalid number'],
  ['m v=1.2.3', 'invalid number'],
  ['m v=1e400 1', 'invalid float'],
  ['m v=1e', 'invalid float'],
  ['m v=Inf', 'invalid boolean'],
  ['m v=+1', 'invalid boolean'],
  ['m v=truee', 'invalid boolean'],
  ['m v="a', 'unbalanced quotes'],
  [
    'm v=9223372036854775808i 1',
    'unable to parse integer 9223372036854775808: strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ],
  ['m,a= v=1 1', 'missing tag value'],
  ['m,a v=1', 'missing tag value'],
  ['m,=b v=1', 'missing tag key'],
  ['m,a=b=c v=1', 'invalid tag format'],
  ['m,a=1,a=2 v=1 1', 'duplicate tags'],
  [',a=b v=1', 'missing measurement'],
  ['m v=1 x', 'bad timestamp'],
  ['m v=1 1.5', 'bad timestamp'],
  [`m v=1 ${'9'.repeat(30)}`, `strconv.ParseInt: parsing "${'9'.repeat(30)}": value out of range`],
  [`m,t=${'x'.repeat(65_532)} v=1`, 'max key length exceeded: 65536 > 65535'],
  [`m,t=${'ü'.repeat(32_766)} v=1`, 'max key length exceeded: 65536 > 65535'],
  ['m v=1 1 2', 'point is invalid'],
])('decodeLine() of %s: %s', (text, reason) => {
  expect(decodeLine(text)).toBe(reason);
});

test.each([
  ['m v=.5 1', ['v', { type: 'float', value: 0.5 }]],
  ['m v=1. 1', ['v', { type: 'float', value: 1 }]],
  ['m v=1E+5 1', ['v', { type: 'float', value: 100_000 }]],
  [`m v=${'0'.repeat(40)}7i 1`, ['v', { type: 'integer', value: 7n }]],
  ['m v=00012 1', ['v', { type: 'float', value: 12 }]],
  ['m v=T 1', ['v', { type: 'boolean', value: true }]],
  ['m v=-9223372036854775808i 1', ['v', { type: 'integer', value: -9223372036854775808n }]],
  ['m v="a,b c=d \\"e\\" \\\\" 1', ['v', { type: 'string', value: 'a,b c=d "e" \\' }]],
  ['m v\\ \\=w=1 1', ['v =w', { type: 'float', value: 1 }]],
])('decodeLine() of %s', (text, field) => {
  expect(decodeLine(text)).toEqual({ measurement: 'm', tags: [], fields: [field], time: 1n });
});

describe('decodeLines()', () => {
  test('passes over comments and blank lines, and numbers the others', () => {
    const { lines, errors } = decodeAll('# a "comment\n\n  m v=1 1\r\nbad\nm v="two\nlines" 2\nm v=3 3');
    expect(lines.map(([{ time }, number]) => [time, number])).toEqual([
      [1n, 3],
      [2n, 5],
      [3n, 7],
    ]);
    expect(errors).toEqual([{ line: 'bad', lineNumber: 4, reason: 'missing fields' }]);
  });

  test('an open quote costs no line before it', () => {
    const { lines, errors } = decodeAll('m v=1 1\nm v="open\nm v=2 2');
    expect(lines.map(([{ time }]) => time)).toEqual([1n]);
    expect(errors.map(({ reason }) => reason)).toEqual(['unbalanced quotes']);
  });

  test('takes time in proportion to its text: a body of nothing but quotes or backslashes', () => {
    for (const text of [
      '"'.repeat(200_000),
      '\\'.repeat(200_000),
      `m v=${'"\n'.repeat(100_000)}`,
      'm,'.repeat(100_000),
    ]) {
      const { lines, errors } = decodeAll(text);
      expect(lines.length + errors.length).toBeGreaterThan(0);
    }
  });
});
