// The first bytes of every segment: what it is, who wrote it, and in which format. Its length and its checksum stay as they
// are in every format to come, so that an older release can tell a newer file from a damaged one, and says so.

import { crc32 } from 'node:zlib';

/** magic 8, format u32, owner's version u32, segment u32, kind 24 (ASCII, zeros behind), crc32 of all that u32. */
export const HEADER_BYTES = 48;
export const KIND_LENGTH_MAX = 24;

const MAGIC = 'PENSTLOG';
const CRC_AT = HEADER_BYTES - 4;
/** Raised when records are framed differently. */
export const FORMAT = 1;

export type Header = {
  readonly format: number;
  /** Of the owner's records. */
  readonly version: number;
  readonly segment: number;
  readonly kind: string;
};

export function encodeHeader({ format, version, segment, kind }: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(format, 8);
  bytes.writeUInt32LE(version, 12);
  bytes.writeUInt32LE(segment, 16);
  bytes.write(kind, 20, KIND_LENGTH_MAX, 'latin1');
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CRC_AT)), CRC_AT);
  return bytes;
}

/** undefined where it is torn or damaged. */
export function decodeHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
  if (crc32(bytes.subarray(0, CRC_AT)) !== bytes.readUInt32LE(CRC_AT)) return undefined;
  return {
    format: bytes.readUInt32LE(8),
    version: bytes.readUInt32LE(12),
    segment: bytes.readUInt32LE(16),
    kind: bytes.toString('latin1', 20, 20 + KIND_LENGTH_MAX).replace(/\0+$/, ''),
  };
}
