import { expect, test } from 'vitest';
import { DATATYPES, otherDatatype, type Scalar } from './datatype.ts';
import type { WireValue } from './payload.ts';

const typeOf = (name: string) => {
  const found = DATATYPES.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};
const int = (low: number, high = 0): WireValue => ({ field: 'int', low, high });
const long = (low: number, high = 0): WireValue => ({ field: 'long', low, high });
const ALL = 0xffff_ffff;

test.each<[name: string, how: string, value: WireValue, read: Scalar | undefined]>([
  ['Int8', 'in 32 bits', int(0xffff_ff80), -128],
  ['Int8', 'extended to 64 bits', int(0xffff_ff80, ALL), -128],
  ['Int8', 'as it stands in memory', int(0xff), -1],
  ['Int8', 'in the field for 64 bits', long(0xffff_fffe, ALL), -2],
  ['Int8', 'too large', int(300), undefined],
  ['Int8', 'too small', int(0xffff_ff7f), undefined],
  ['Int8', 'with half of a sign', int(0x7f, ALL), undefined],
  ['Int16', 'as it stands in memory', int(0x8000), -32_768],
  ['Int16', 'one too large', int(0x1_0000), undefined],
  ['Int32', 'the smallest', int(0x8000_0000), -2_147_483_648],
  ['Int32', 'with bits above its own', int(1, 1), undefined],
  ['UInt8', 'the largest', int(255), 255],
  ['UInt8', 'one more', int(256), undefined],
  ['UInt8', 'below nothing', int(ALL, ALL), undefined],
  ['UInt32', 'in either field', int(ALL), ALL],
  ['UInt32', 'in either field', long(ALL), ALL],
  ['Int64', 'the smallest', long(0, 0x8000_0000), -(2 ** 63)],
  ['Int64', 'small, in the field for 32 bits', int(7), 7],
  ['Int64', 'with what may be a sign, in the field for 32 bits', int(ALL), undefined],
  ['UInt64', 'the largest, rounded', long(ALL, ALL), 2 ** 64],
  ['DateTime', 'ms since the epoch', long(0x9fa0_5e74, 0x1a2), 1_797_974_417_012],
  ['Float', 'as a Double', { field: 'double', number: 0.1 }, 0.1],
  ['Double', 'as a whole number', long(3), undefined],
  ['Boolean', 'as a whole number', int(1), undefined],
  ['String', 'as a number', { field: 'double', number: 1 }, undefined],
  ['UUID', 'as a text', { field: 'string', text: 'x' }, 'x'],
])('%s %s', (name, _, value, read) => {
  expect(typeOf(name).read(value)).toBe(read);
});

test.each<[name: string, value: Scalar]>([
  ['Int8', 128],
  ['Int8', 1.5],
  ['Int8', true],
  ['Int32', -2_147_483_649],
  ['UInt16', -1],
  ['UInt32', 2 ** 32],
  ['Int64', 2 ** 53],
  ['UInt64', -1],
  ['Float', 1e39],
  ['Double', Number.POSITIVE_INFINITY],
  ['Double', '1'],
  ['Boolean', 1],
  ['String', 1],
])('%s has no room for %j', (name, value) => {
  expect(typeOf(name).write(value)).toBeUndefined();
});

test.each([
  [0, 'of no known datatype'],
  [16, 'a DataSet'],
  [19, 'a Template'],
  [22, 'an Int8Array'],
  [26, 'a UInt8Array'],
  [34, 'a DateTimeArray'],
  [35, 'of the datatype 35, which is not known'],
])('%d is %s', (code, words) => {
  expect(otherDatatype(code)).toBe(words);
});
