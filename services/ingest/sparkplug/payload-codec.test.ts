// Bytes derived by hand from sparkplug_b.proto, three tests each: read, written, and there and back. What the encoder would not
// write (fields of other senders) is only read.

import { describe, expect, test } from 'vitest';
import type { Metric, Payload, PayloadParts } from './payload.ts';
import { decodePayload } from './payload-decoder.ts';
import { encodePayload } from './payload-encoder.ts';

const metric = (parts: Partial<Metric>): Metric => ({
  ...{ name: null, alias: null, timestamp: null, datatype: 0, properties: null, value: null, problem: null },
  ...{ isHistorical: false, isTransient: false, isNull: false },
  ...parts,
});
const payload = ({ metrics = [], ...parts }: PayloadParts): Payload => ({
  ...{ timestamp: null, seq: null, uuid: null, body: null },
  ...parts,
  metrics: metrics.map(metric),
});
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

type Vector = readonly [name: string, bytes: string, value: PayloadParts];

const VECTORS: readonly Vector[] = [
  ['nothing at all', '', {}],
  ['a timestamp and a seq', '08 f4bcb39ca034 18 07', { timestamp: 1_795_355_893_364, seq: 7 }],
  ['a seq of 255', '18 ff01', { seq: 255 }],
  ['a seq that is 0 and there', '18 00', { seq: 0 }],
  ['a uuid and a body', '22 02 6162 2a 03 000102', { uuid: 'ab', body: Buffer.from([0, 1, 2]) }],
  [
    'a metric by its name',
    '12 0a 0a 01 74 20 09 65 0000ac41',
    { metrics: [{ name: 't', datatype: 9, value: { field: 'float', number: 21.5 } }] },
  ],
  [
    'a metric by its alias, with a time of its own',
    '12 12 10 2a 18 f4bcb39ca034 69 000000000000f0bf',
    { metrics: [{ alias: 42, timestamp: 1_795_355_893_364, value: { field: 'double', number: -1 } }] },
  ],
  ['an alias of 2^53 - 1', '12 09 10 ffffffffffffff0f', { metrics: [{ alias: Number.MAX_SAFE_INTEGER }] }],
  [
    'an Int32 of -2, in 32 bits',
    '12 08 20 03 50 feffffff0f',
    { metrics: [{ datatype: 3, value: { field: 'int', low: 0xffff_fffe, high: 0 } }] },
  ],
  [
    'an Int64 of -2',
    '12 0d 20 04 58 feffffffffffffffff01',
    { metrics: [{ datatype: 4, value: { field: 'long', low: 0xffff_fffe, high: 0xffff_ffff } }] },
  ],
  [
    'two that are true and false',
    '12 02 70 01 12 02 70 00',
    { metrics: [{ value: { field: 'boolean', flag: true } }, { value: { field: 'boolean', flag: false } }] },
  ],
  [
    'a text that is no ASCII',
    '12 07 20 0c 7a 03 e282ac',
    { metrics: [{ datatype: 12, value: { field: 'string', text: '€' } }] },
  ],
  ['one that is null', '12 04 20 0a 38 01', { metrics: [{ datatype: 10, isNull: true }] }],
  [
    'one of history that nobody need keep',
    '12 04 28 01 30 01',
    { metrics: [{ isHistorical: true, isTransient: true }] },
  ],
  [
    'properties: good, and in °C',
    '12 24 4a 22 0a 07 5175616c697479 0a 07 656e67556e6974 12 05 08 03 18 c001 12 07 08 0c 42 03 c2b043',
    { metrics: [{ properties: { quality: 'good', unit: '°C', low: null, high: null } }] },
  ],
];

describe.each(VECTORS)('%s', (_, bytes, value) => {
  test('is read', () => {
    expect(decodePayload(hex(bytes))).toEqual(payload(value));
  });

  test('is written', () => {
    expect(encodePayload(value).toString('hex')).toBe(hex(bytes).toString('hex'));
  });

  test('comes back as it was', () => {
    expect(decodePayload(encodePayload(payload(value)))).toEqual(payload(value));
  });
});

/** Other senders' ways. */
const READ: readonly Vector[] = [
  [
    'fields in any order, the last of two counting',
    '18 01 12 06 50 01 20 03 50 05 18 02',
    { seq: 2, metrics: [{ datatype: 3, value: { field: 'int', low: 5, high: 0 } }] },
  ],
  [
    'a sign that went through all 64 bits of an Int8',
    '12 0d 20 01 50 feffffffffffffffff01',
    { metrics: [{ datatype: 1, value: { field: 'int', low: 0xffff_fffe, high: 0xffff_ffff } }] },
  ],
  ['a number that is longer than it need be', '18 8100', { seq: 1 }],
  ['fields that nobody knows', 'a006 05 a106 0102030405060708 a206 02 0000 a506 01020304 18 03', { seq: 3 }],
  ['a field that is written in another way than it should be', '0a 01 00 1d 01020304', {}],
  ['bytes', '12 07 20 11 82 01 02 0102', { metrics: [{ datatype: 17, value: { field: 'other' } }] }],
  ['a table', '12 05 20 10 8a 01 00', { metrics: [{ datatype: 16, value: { field: 'other' } }] }],
  ['a template', '12 05 20 13 92 01 00', { metrics: [{ datatype: 19, value: { field: 'other' } }] }],
  ['metadata, gone over', '12 06 42 02 0801 20 03', { metrics: [{ datatype: 3 }] }],
  [
    'values of properties before their keys, and some without',
    '12 1a 4a 18 12 05 08 03 18 f403 0a 07 5175616c697479 0a 06 656e674c6f77',
    { metrics: [{ properties: { quality: 'bad', unit: null, low: null, high: null } }] },
  ],
  [
    'ranges in numbers of every kind',
    '12 24 4a 22 0a 06 656e674c6f77 0a 07 656e6748696768 12 06 18 9cffffff0f 12 07 08 09 2d 0000c842',
    { metrics: [{ properties: { quality: null, unit: null, low: -100, high: 100 } }] },
  ],
];

test.each(READ)('%s: read', (_, bytes, value) => {
  expect(decodePayload(hex(bytes))).toEqual(payload(value));
});

test.each([
  [0, 'bad'],
  [192, 'good'],
  [500, 'bad'],
  [28, 'bad'],
  [64, 'uncertain'],
  [216, 'good'],
  [600, 'uncertain'],
  [-1, 'uncertain'],
])('a quality of %d is %s', (code, quality) => {
  const value = code < 0 ? 'ffffffff0f' : Buffer.from([(code & 0x7f) | 0x80, code >> 7]).toString('hex');
  const property = hex(`18 ${value}`);
  const properties = Buffer.concat([hex('0a 07 5175616c697479 12'), Buffer.from([property.length]), property]);
  const one = Buffer.concat([hex('4a'), Buffer.from([properties.length]), properties]);
  const decoded = decodePayload(Buffer.concat([hex('12'), Buffer.from([one.length]), one]));
  expect(decoded).toMatchObject({ metrics: [{ properties: { quality } }] });
});

test.each([
  ['08', 'at byte 1: a number breaks off'],
  ['08 ff', 'at byte 1: a number breaks off'],
  ['08 ffffffffffffffffffff01', 'at byte 1: a number has more than ten bytes'],
  ['00 00', 'at byte 0: no field has such a number'],
  ['f8ffffffffff01 00', 'at byte 0: no field has such a number'],
  ['0b 00', 'at byte 1: field 1 is written in a way (3) that does not exist'],
  ['0e 00', 'at byte 1: field 1 is written in a way (6) that does not exist'],
  ['12 05 0a 01 74', 'at byte 1: a length of 5, where the message ends after 3'],
  ['12 03 0a 02 74 00', 'at byte 3: a length of 2, where the message ends after 1'],
  ['12 ffffffffffffffffff01', 'at byte 1: a length of 18446744073709552000, where the message ends after 0'],
  ['12 03 65 0000', 'at byte 3: a number breaks off'],
  ['12 05 69 00000000', 'at byte 3: a number breaks off'],
  ['12 02 50 80 01', 'at byte 3: a number breaks off'],
  ['12 06 4a 04 12 05 08 03', 'at byte 5: a length of 5, where the message ends after 2'],
  ['a506 0102', 'at byte 2: a number breaks off'],
])('%s cannot be read: %s', (bytes, problem) => {
  expect(decodePayload(hex(bytes))).toEqual({ kind: 'broken', problem });
});

test.each([
  ['a name that is no UTF-8', '12 04 0a 02 c328', 'the name at byte 3 is not UTF-8'],
  ['a text that is none', '12 05 7a 03 e28228', 'the text at byte 3 is not UTF-8'],
  ['an alias of 2^53', '12 09 10 8080808080808010', 'the alias before byte 11 is larger than 2^53'],
])('%s costs the metric and not those beside it', (_, bytes, problem) => {
  const decoded = decodePayload(hex(`${bytes} 12 02 10 05`));
  expect(decoded).toMatchObject({ metrics: [{ problem }, { alias: 5, problem: null }] });
});

test('of metrics, and of properties, there may be so many', () => {
  const many = Buffer.concat(Array.from({ length: 50_001 }, () => hex('12 00')));
  expect(decodePayload(many.subarray(2))).toMatchObject({ metrics: { length: 50_000 } });
  expect(decodePayload(many)).toEqual({ kind: 'broken', problem: 'at byte 100001: more than 50000 metrics' });
  const keys = Buffer.concat(Array.from({ length: 257 }, () => hex('0a 00')));
  const size = [0x80 | (keys.length & 0x7f), keys.length >> 7];
  const properties = Buffer.concat([hex('4a'), Buffer.from(size), keys]);
  const one = Buffer.concat([
    Buffer.from([0x12, 0x80 | (properties.length & 0x7f), properties.length >> 7]),
    properties,
  ]);
  expect(decodePayload(one)).toMatchObject({ problem: expect.stringContaining('more than 256 properties') });
});
