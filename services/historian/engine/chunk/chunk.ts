// A run of samples of one track as bytes: [crc32 of the rest u32][format u8][count varint][moments][values], deflated from the
// count on where that pays. Decoding is what long queries spend their time on, so a few per cent of disk are not worth an
// inflate.

import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { FieldType, Page, SampleValue } from '../../influxql/store.ts';
import { ByteReader, DamagedBytesError } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeNumbers, encodeNumbers } from './numbers-column.ts';
import { decodeTexts, encodeTexts } from './texts-column.ts';
import { decodeTimes, encodeTimes } from './times-column.ts';

/** Integers are numbers where all of a run are exact as such, else they are kept by their digits. */
const FORMAT = { numbers: 1, digits: 2, texts: 3 } as const;
const DEFLATED = 0x80;
const CRC_BYTES = 4;
const HEAD_BYTES = CRC_BYTES + 1;
/** Deflating must save this much. */
const WORTH = 0.65;
const DEFLATE_LEVEL = 6;
/** Of an inflated chunk: far more than any that is written; a damaged one must not take the memory. */
const BYTES_MAX = 256 * 1024 * 1024;

const writer = new ByteWriter();

/** At least one sample, ascending in time. */
export function encodeChunk({ times, values }: Page): Buffer {
  writer.clear();
  writer.varint(times.length);
  encodeTimes(times, writer);
  const format = encodeValues(values);
  const plain = writer.bytes;
  const deflated = deflateRawSync(plain, { level: DEFLATE_LEVEL });
  const isWorth = deflated.length < plain.length * WORTH;
  const body = isWorth ? deflated : plain;
  const chunk = Buffer.allocUnsafe(HEAD_BYTES + body.length);
  chunk[CRC_BYTES] = isWorth ? format | DEFLATED : format;
  chunk.set(body, HEAD_BYTES);
  chunk.writeUInt32LE(crc32(chunk.subarray(CRC_BYTES)), 0);
  return chunk;
}

function encodeValues(values: Page['values']): number {
  if (values instanceof Float64Array) {
    encodeNumbers(values, writer);
    return FORMAT.numbers;
  }
  switch (typeof values[0]) {
    case 'string':
      encodeTexts(values as readonly string[], writer);
      return FORMAT.texts;
    case 'boolean':
      encodeNumbers(Float64Array.from(values, Number), writer);
      return FORMAT.numbers;
    default:
      encodeTexts(values.map(String), writer);
      return FORMAT.digits;
  }
}

/** @throws DamagedBytesError where the bytes are not those of a chunk */
export function decodeChunk(bytes: Uint8Array, type: FieldType): Page {
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (chunk.length <= HEAD_BYTES || chunk.readUInt32LE(0) !== crc32(chunk.subarray(CRC_BYTES))) {
    throw new DamagedBytesError('the checksum of a chunk does not fit its bytes');
  }
  const format = chunk[CRC_BYTES] as number;
  const body = chunk.subarray(HEAD_BYTES);
  const reader = new ByteReader((format & DEFLATED) === 0 ? body : inflated(body));
  const count = reader.varint();
  const times = decodeTimes(count, reader);
  switch (format & ~DEFLATED) {
    case FORMAT.numbers: {
      const numbers = decodeNumbers(count, reader);
      return { times, values: type === 'boolean' ? Array.from(numbers, (value) => value === 1) : numbers };
    }
    case FORMAT.digits:
      return { times, values: decodeTexts(count, reader).map(integerOf) };
    case FORMAT.texts:
      return { times, values: decodeTexts(count, reader) };
    default:
      throw new DamagedBytesError(`a chunk of an unknown format (${format})`);
  }
}

function inflated(body: Buffer): Buffer {
  try {
    return inflateRawSync(body, { maxOutputLength: BYTES_MAX });
  } catch (error) {
    throw new DamagedBytesError(error instanceof Error ? error.message : String(error));
  }
}

/** A number where that is exact, else a bigint. */
export function integerOf(digits: string): SampleValue {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}
