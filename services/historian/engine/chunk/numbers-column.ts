// Numbers of one track. What sensors send has few decimals: such values are whole numbers of a power of ten, and their
// differences are small. What has no short decimal (a float32 made a double) is kept by its bits, each exclusive-or'ed with
// those before and all first bytes together, then all second ones, which is what makes them compressible.

import { type ByteReader, DamagedBytesError } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

const KIND = { decimal: 0, float32: 1, float64: 2 } as const;

const POWERS = Array.from({ length: 13 }, (_, i) => 10 ** i);
/** Differences of two such whole numbers, made unsigned, are still exact. */
const WHOLE_MAX = 2 ** 51;

export function encodeNumbers(values: Float64Array, to: ByteWriter): void {
  const decimals = decimalsOf(values);
  if (decimals !== undefined) {
    to.byte(KIND.decimal);
    to.byte(decimals);
    const power = POWERS[decimals] as number;
    let previous = 0;
    for (let i = 0; i < values.length; i++) {
      const whole = Math.round((values[i] as number) * power);
      to.signed(whole - previous);
      previous = whole;
    }
    return;
  }
  const isFloat32 = values.every((value) => Math.fround(value) === value);
  to.byte(isFloat32 ? KIND.float32 : KIND.float64);
  to.raw(planesOf(isFloat32 ? Float32Array.from(values) : values));
}

export function decodeNumbers(count: number, from: ByteReader): Float64Array {
  switch (from.byte()) {
    case KIND.decimal: {
      const values = new Float64Array(count);
      const power = POWERS[from.byte()] ?? 1;
      from.runningSums(values);
      if (power !== 1) for (let i = 0; i < count; i++) values[i] = (values[i] as number) / power;
      return values;
    }
    case KIND.float32:
      return Float64Array.from(new Float32Array(bitsOf(from.raw(count * 4), count).buffer));
    case KIND.float64:
      return new Float64Array(bitsOf(from.raw(count * 8), count).buffer);
    default:
      throw new DamagedBytesError('numbers of an unknown kind');
  }
}

/** How many decimals every value has at most; undefined where one has more than can be counted, or is minus zero. */
function decimalsOf(values: Float64Array): number | undefined {
  let decimals = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === 0 && 1 / value < 0) return undefined;
    while (!isWhole(value, POWERS[decimals] as number)) if (++decimals === POWERS.length) return undefined;
  }
  const power = POWERS[decimals] as number;
  // A value with few decimals may be too large to be counted in the many of another.
  return values.every((value) => isWhole(value, power)) ? decimals : undefined;
}

function isWhole(value: number, power: number): boolean {
  const whole = Math.round(value * power);
  return whole / power === value && whole <= WHOLE_MAX && whole >= -WHOLE_MAX;
}

function planesOf(values: Float32Array | Float64Array): Buffer {
  const width = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const planes = Buffer.allocUnsafe(bytes.length);
  for (let plane = 0; plane < width; plane++) {
    let previous = 0;
    let to = plane * values.length;
    for (let at = plane; at < bytes.length; at += width) {
      const byte = bytes[at] as number;
      planes[to++] = byte ^ previous;
      previous = byte;
    }
  }
  return planes;
}

function bitsOf(planes: Buffer, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(planes.length);
  const width = planes.length / count;
  for (let plane = 0; plane < width; plane++) {
    let previous = 0;
    let from = plane * count;
    for (let at = plane; at < bytes.length; at += width) {
      previous ^= planes[from++] as number;
      bytes[at] = previous;
    }
  }
  return bytes;
}
