// Compressed payloads, told by the number that each begins with: no text, no CBOR and no protobuf of ours begins like that.
// Inflated up to a limit, so that a bomb costs no more than the largest payload that is taken.

import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Refusal } from '#domain/rejected.ts';

/** Our own word beside those of Node. */
const MORE_BEHIND = 'MORE_BEHIND';

type Compression = {
  readonly name: string;
  readonly magic: Buffer;
  readonly inflate: (payload: Buffer, options: { readonly maxOutputLength: number }) => Buffer;
};

/** A header may ask for a window of 128 MB; encoders ask for as much as 8 MB (level 19), whatever the payload's size. */
const ZSTD_PARAMS = { [constants.ZSTD_d_windowLogMax]: 23 };

const COMPRESSIONS: readonly Compression[] = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]), inflate: gunzipSync },
  {
    name: 'zstd',
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    inflate: inflateZstd,
  },
];

type WithInfo = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

/** Node stops behind the first frame, and says nothing of what else there is. */
function inflateZstd(payload: Buffer, limits: { readonly maxOutputLength: number }): Buffer {
  // The types know `info` of the other formats only.
  const options = { ...limits, params: ZSTD_PARAMS, info: true };
  const { buffer, engine } = zstdDecompressSync(payload, options) as unknown as WithInfo;
  if (engine.bytesWritten < payload.length) throw Object.assign(new Error('more'), { code: MORE_BEHIND });
  return buffer;
}

const FIRST_BYTES = new Set(COMPRESSIONS.map(({ magic }) => magic[0]));

/** The payload itself where it is not compressed; else what was, at most `bytesMax` of it. */
export function inflate(payload: Buffer, bytesMax: number): Buffer | Refusal {
  if (!FIRST_BYTES.has(payload[0])) return payload;
  const compression = COMPRESSIONS.find(({ magic }) => payload.subarray(0, magic.length).equals(magic));
  if (compression === undefined) return payload;
  try {
    return compression.inflate(payload, { maxOutputLength: bytesMax });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return { reason: 'size', message: `the ${compression.name} payload inflates to more than ${bytesMax} bytes` };
    }
    return {
      reason: 'encoding',
      message: `the payload begins as ${compression.name} and cannot be inflated: ${reasonOf(code)}`,
    };
  }
}

function reasonOf(code: string | undefined): string {
  if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong') return 'it is cut off';
  if (code === MORE_BEHIND) return 'something stands behind its first frame, of which there may be one only';
  if (code === 'Z_DATA_ERROR') return 'its bytes are damaged';
  return `its bytes are damaged (${code ?? 'unknown'})`;
}
