// The datatypes of Sparkplug [3.0, 6.4.16] that are values of ours, each in one row: its number, how it stands in a metric's
// value, and back. Whole numbers come as two's complement in unsigned fields; some senders extend the sign to 64 bits, and some
// send those of 8 and 16 bits as they stand in memory. Lists, tables, bytes and templates are not values of ours.

import type { WireValue } from './payload.ts';

export type Scalar = number | boolean | string;

export type Datatype = {
  readonly name: string;
  readonly code: number;
  /** What a value of it is to us. */
  readonly kind: 'number' | 'boolean' | 'text';
  /** What fits into it, for sentences. */
  readonly accepts: string;
  /** undefined where the value cannot be one of it. */
  readonly read: (value: WireValue) => Scalar | undefined;
  readonly write: (value: Scalar) => WireValue | undefined;
};

const TWO_32 = 2 ** 32;

/** Up to 32 bits with a sign. */
function signed(name: string, code: number, bits: 8 | 16 | 32): Datatype {
  const [min, max] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  return {
    ...{ name, code, kind: 'number', accepts: `a whole number from ${min} to ${max}` },
    read: (value) => {
      if (value.field !== 'int' && value.field !== 'long') return undefined;
      const { low, high } = value;
      const extended = low | 0;
      // The sign went through all 64 bits, or stayed within 32.
      if (high !== 0 && (high !== 0xffff_ffff || extended >= 0)) return undefined;
      if (extended >= min && extended <= max) return extended;
      return low >= 0 && low < 2 ** bits ? low - 2 ** bits : undefined;
    },
    write: (value) => (isWhole(value, min, max) ? { field: 'int', low: value >>> 0, high: 0 } : undefined),
  };
}

/** Up to 32 bits without a sign. */
function unsigned(name: string, code: number, bits: 8 | 16 | 32): Datatype {
  const max = 2 ** bits - 1;
  return {
    ...{ name, code, kind: 'number', accepts: `a whole number from 0 to ${max}` },
    read: (value) => {
      if (value.field !== 'int' && value.field !== 'long') return undefined;
      return value.high === 0 && value.low <= max ? value.low : undefined;
    },
    // Tahu reads 32 bits without a sign from the field for 64.
    write: (value) =>
      isWhole(value, 0, max) ? { field: bits === 32 ? 'long' : 'int', low: value, high: 0 } : undefined,
  };
}

/** 64 bits, as much of them as a number holds: past 2^53 it is rounded. */
function long(name: string, code: number, sign: 'signed' | 'unsigned'): Datatype {
  const [min, max] = [sign === 'signed' ? Number.MIN_SAFE_INTEGER : 0, Number.MAX_SAFE_INTEGER];
  return {
    ...{ name, code, kind: 'number', accepts: `a whole number from ${min} to ${max}` },
    read: (value) => {
      // In the field for 32 bits a high first bit may be a sign or not.
      if (value.field === 'int') return value.high === 0 && value.low < 2 ** 31 ? value.low : undefined;
      if (value.field !== 'long') return undefined;
      const { low, high } = value;
      return (sign === 'signed' ? high | 0 : high) * TWO_32 + low;
    },
    write: (value) =>
      isWhole(value, min, max)
        ? { field: 'long', low: value >>> 0, high: Math.floor(value / TWO_32) >>> 0 }
        : undefined,
  };
}

function real(name: string, code: number, field: 'float' | 'double'): Datatype {
  const rounded = (value: number) => (field === 'float' ? Math.fround(value) : value);
  return {
    ...{ name, code, kind: 'number', accepts: 'a number' },
    read: (value) => (value.field === 'float' || value.field === 'double' ? value.number : undefined),
    write: (value) => {
      const number = typeof value === 'number' ? rounded(value) : Number.NaN;
      return Number.isFinite(number) ? { field, number } : undefined;
    },
  };
}

function text(name: string, code: number): Datatype {
  return {
    ...{ name, code, kind: 'text', accepts: 'a text' },
    read: (value) => (value.field === 'string' ? value.text : undefined),
    write: (value) => (typeof value === 'string' ? { field: 'string', text: value } : undefined),
  };
}

const BOOLEAN: Datatype = {
  ...{ name: 'Boolean', code: 11, kind: 'boolean', accepts: 'true or false' },
  read: (value) => (value.field === 'boolean' ? value.flag : undefined),
  write: (value) => (typeof value === 'boolean' ? { field: 'boolean', flag: value } : undefined),
};

export const DATATYPES: readonly Datatype[] = [
  ...[signed('Int8', 1, 8), signed('Int16', 2, 16), signed('Int32', 3, 32), long('Int64', 4, 'signed')],
  ...[unsigned('UInt8', 5, 8), unsigned('UInt16', 6, 16), unsigned('UInt32', 7, 32), long('UInt64', 8, 'unsigned')],
  ...[real('Float', 9, 'float'), real('Double', 10, 'double'), BOOLEAN],
  // Milliseconds since the epoch.
  ...[text('String', 12), long('DateTime', 13, 'unsigned'), text('Text', 14), text('UUID', 15)],
];

/** Datatypes that are no values of ours. */
const OTHERS: readonly string[] = [
  ...['DataSet', 'Bytes', 'File', 'Template', 'PropertySet', 'PropertySetList'],
  ...['Int8Array', 'Int16Array', 'Int32Array', 'Int64Array', 'UInt8Array', 'UInt16Array', 'UInt32Array', 'UInt64Array'],
  ...['FloatArray', 'DoubleArray', 'BooleanArray', 'StringArray', 'DateTimeArray'],
];
const FIRST_OTHER = 16;

const BY_CODE: readonly (Datatype | undefined)[] = Array.from({ length: FIRST_OTHER }, (_, code) =>
  DATATYPES.find((each) => each.code === code),
);

/** undefined for 0 (unknown) and for what is no value of ours. */
export function datatypeOf(code: number): Datatype | undefined {
  return BY_CODE[code];
}

/** `a DataSet`, for sentences about a datatype that is no value of ours. */
export function otherDatatype(code: number): string {
  const name = OTHERS[code - FIRST_OTHER];
  if (name === undefined) return code === 0 ? 'of no known datatype' : `of the datatype ${code}, which is not known`;
  return `${/^[AEIOU](?!I)/.test(name) ? 'an' : 'a'} ${name}`;
}

function isWhole(value: Scalar, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
