// A request's body as text: decompressed within a limit, decoded, and whether its bytes were text at all.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { RequestError } from './answer.ts';

const gunzipAsync = promisify(gunzip);

export type BodyText = {
  readonly text: string;
  /** False where bytes were no UTF-8: U+FFFD then stands in their places. */
  readonly isUtf8: boolean;
};

/** @throws RequestError 413 where the text would be longer than `maxBytes`, 400 or 415 where it cannot be decompressed */
export async function readBody(body: unknown, encoding: string | undefined, maxBytes: number): Promise<BodyText> {
  const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const bytes = await decompressed(raw, encoding?.trim().toLowerCase() ?? 'identity', maxBytes);
  const text = bytes.toString('utf8');
  // A replacement character may also have been written as such.
  return { text, isUtf8: !text.includes('\uFFFD') || bytes.equals(Buffer.from(text, 'utf8')) };
}

async function decompressed(raw: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '') return raw;
  if (encoding !== 'gzip') throw new RequestError(415, `unsupported content encoding: ${encoding}`);
  try {
    return await gunzipAsync(raw, { maxOutputLength: maxBytes });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new RequestError(413, 'Request Entity Too Large');
    throw new RequestError(400, `invalid gzip body: ${error instanceof Error ? error.message : code}`);
  }
}
