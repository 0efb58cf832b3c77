// Our codec against Eclipse Tahu's: each reads what the other writes, for every datatype and any value of it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DATATYPES, datatypeOf, type Scalar } from './datatype.ts';
import { readMetricValue } from './metric-value.ts';
import { decodePayload } from './payload-decoder.ts';
import { encodePayload } from './payload-encoder.ts';
import { halves, plain, type TahuMetric, tahuDecode, tahuEncode } from './test-tahu.ts';

const whole = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const WHOLE: Readonly<Record<string, fc.Arbitrary<bigint>>> = {
  ...{ Int8: whole(-128n, 127n), Int16: whole(-32_768n, 32_767n), Int32: whole(-2_147_483_648n, 2_147_483_647n) },
  ...{ UInt8: whole(0n, 255n), UInt16: whole(0n, 65_535n), UInt32: whole(0n, 4_294_967_295n) },
  // As many as a number holds; what is beyond is rounded, see below.
  ...{ Int64: whole(-(2n ** 53n) + 1n, 2n ** 53n - 1n), UInt64: whole(0n, 2n ** 53n - 1n) },
  DateTime: whole(0n, 2n ** 53n - 1n),
};
const TEXTS = fc.string({ unit: 'grapheme', maxLength: 40 });

function valuesOf(name: string): fc.Arbitrary<Scalar> {
  const numbers = WHOLE[name];
  if (numbers !== undefined) return numbers.map(Number);
  if (name === 'Boolean') return fc.boolean();
  if (name === 'Float') return fc.float({ noNaN: true, noDefaultInfinity: true });
  if (name === 'Double') return fc.double({ noNaN: true, noDefaultInfinity: true });
  return TEXTS;
}

/** A value as Tahu takes it: 64 bits, and 32 without a sign, as its own object. */
function asTahu(name: string, value: Scalar): TahuMetric['value'] {
  return ['Int64', 'UInt64', 'DateTime', 'UInt32'].includes(name) ? halves(BigInt(value as number)) : value;
}

const TIMES = fc.integer({ min: 0, max: 4_102_444_800_000 });

describe.each(DATATYPES.map(({ name, code }) => ({ name, code })))('$name', ({ name, code }) => {
  test('as Tahu writes it is read', () => {
    fc.assert(
      fc.property(valuesOf(name), TEXTS, TIMES, (value, metric, timestamp) => {
        const sent = { name: metric, type: name, value: asTahu(name, value), timestamp } as TahuMetric;
        const decoded = decodePayload(tahuEncode({ timestamp, seq: 3, metrics: [sent] }));
        if ('problem' in decoded) throw new Error(decoded.problem);
        expect(decoded).toMatchObject({ timestamp, seq: 3, metrics: [{ name: metric, datatype: code, timestamp }] });
        const [first] = decoded.metrics;
        if (first === undefined) throw new Error('no metric');
        expect(readMetricValue(first, first.datatype)).toEqual({ value, quality: 'good' });
      }),
    );
  });

  test('as we write it Tahu reads', () => {
    const datatype = datatypeOf(code);
    fc.assert(
      fc.property(valuesOf(name), fc.nat({ max: 2 ** 31 - 1 }), TIMES, (value, alias, timestamp) => {
        const wire = datatype?.write(value);
        if (wire === undefined) throw new Error(`${value} is not written`);
        const bytes = encodePayload({
          timestamp,
          seq: 255,
          metrics: [{ name: 'a b/c', alias, timestamp, datatype: code, value: wire }],
        });
        const read = tahuDecode(bytes);
        expect([plain(read.timestamp), plain(read.seq)]).toEqual([timestamp, 255]);
        const [metric] = read.metrics ?? [];
        expect(metric).toMatchObject({ name: 'a b/c', type: name });
        expect([plain(metric?.alias), plain(metric?.timestamp)]).toEqual([alias, timestamp]);
        // It reads 32 bits without a sign as though they had one.
        expect(name === 'UInt32' ? (plain(metric?.value) as number) >>> 0 : plain(metric?.value)).toEqual(value);
      }),
    );
  });
});

test('nulls, history, metadata and properties of Tahu', () => {
  const metric: TahuMetric = {
    ...{ name: 'level', type: 'Double', value: null, isHistorical: true, isTransient: true },
    metadata: { isMultiPart: false, description: 'of the tank' },
    properties: {
      Quality: { type: 'Int32', value: 500 },
      readOnly: { type: 'Boolean', value: true },
      engUnit: { type: 'String', value: 'bar' },
      engLow: { type: 'Double', value: -1.5 },
      engHigh: { type: 'Int64', value: halves(-3n) },
      more: { type: 'PropertySet', value: { engUnit: { type: 'String', value: 'psi' } } },
    },
  };
  expect(decodePayload(tahuEncode({ timestamp: 1, metrics: [metric] }))).toMatchObject({
    metrics: [
      {
        ...{ name: 'level', isNull: true, isHistorical: true, isTransient: true },
        properties: { quality: 'bad', unit: 'bar', low: -1.5, high: -3 },
      },
    ],
  });
});

test('64 bits that no number holds are rounded', () => {
  const metrics: TahuMetric[] = [
    { name: 'a', type: 'Int64', value: halves(-(2n ** 63n)) },
    { name: 'b', type: 'UInt64', value: halves(2n ** 63n - 1n) },
    { name: 'c', type: 'Int64', value: halves(2n ** 53n + 1n) },
  ];
  const decoded = decodePayload(tahuEncode({ timestamp: 1, metrics }));
  if ('problem' in decoded) throw new Error(decoded.problem);
  expect(decoded.metrics.map((each) => readMetricValue(each, each.datatype))).toEqual([
    { value: -(2 ** 63), quality: 'good' },
    { value: 2 ** 63, quality: 'good' },
    { value: 2 ** 53, quality: 'good' },
  ]);
});

test.each<[type: TahuMetric['type'], value: TahuMetric['value'], what: string]>([
  ['Bytes', new Uint8Array([1, 2]), 'is a Bytes'],
  ['File', new Uint8Array([1]), 'is a File'],
  ['DataSet', { numOfColumns: 1, columns: ['a'], types: ['Double'], rows: [[1]] }, 'is a DataSet'],
  ['Template', { templateRef: 'pump', isDefinition: false, metrics: [] }, 'is a Template'],
])('a %s of Tahu is gone over, and refused by its name', (type, value, what) => {
  const metrics: TahuMetric[] = [
    { name: 'odd', type, value },
    { name: 'good', type: 'Boolean', value: true },
  ];
  const decoded = decodePayload(tahuEncode({ timestamp: 1, metrics }));
  if ('problem' in decoded) throw new Error(decoded.problem);
  const [odd, good] = decoded.metrics.map((each) => readMetricValue(each, each.datatype));
  expect(odd).toEqual({ problem: `${what}; numbers, booleans and texts are taken` });
  expect(good).toEqual({ value: true, quality: 'good' });
});
