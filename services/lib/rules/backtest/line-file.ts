// A recording as a stream of text: a file, plain or compressed by gzip, or standard input. What it is compressed by is seen
// by its first bytes, not by its name.

import { createReadStream } from 'node:fs';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { SourceError } from './point-source.ts';

/** Large enough that a piece costs little, small enough that a text cut out of one keeps little of it in memory. */
const PIECE_BYTES = 128 * 1024;

/** `-` is standard input. @throws SourceError while it is read, where the file cannot be */
export async function* textsOfFile(
  name: string,
  { stdin, signal }: { readonly stdin: Readable; readonly signal: AbortSignal },
): AsyncIterable<string> {
  const file = name === '-' ? stdin : createReadStream(name, { highWaterMark: PIECE_BYTES });
  try {
    yield* texts(addAbortSignal(signal, file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const shown = name === '-' ? 'standard input' : name;
    throw new SourceError(`${shown} ${reasonOf(code) ?? `cannot be read (${code ?? message})`}`, {
      isUnreachable: false,
    });
  }
}

async function* texts(stream: Readable): AsyncIterable<string> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  const first = await pieces.next();
  if (first.done === true) return;
  const whole = prepended(Buffer.from(first.value), pieces);
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  const decoder = new StringDecoder('utf8');
  const plain: AsyncIterable<Buffer> = isGzip ? gunzipped(whole) : whole;
  for await (const piece of plain) yield decoder.write(piece);
  yield decoder.end();
}

function gunzipped(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  pipeline(Readable.from(pieces), gunzip, () => {}); // what goes wrong is thrown to whoever reads
  return gunzip;
}

async function* prepended(first: Buffer, rest: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield first;
  yield* rest;
}

function reasonOf(code: string | undefined): string | undefined {
  if (code === 'ENOENT') return 'does not exist; name a file of line protocol';
  if (code === 'EISDIR') return 'is a folder; name a file of line protocol';
  if (code === 'Z_BUF_ERROR') return 'ends in the middle of its compressed data; make the .gz file anew';
  return code?.startsWith('Z_') === true ? `is damaged: its compressed data cannot be read (${code})` : undefined;
}
