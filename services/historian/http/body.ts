// A request's body as bytes: read and decompressed within limits, a piece at a time. What is refused is refused as soon as that
// is known; the rest of such a body is read and thrown away, so that the client hears the answer instead of a broken connection.

import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { RequestError } from './answer.ts';
import type { BodyMemory, BodyRoom } from './body-memory.ts';

export type BodyLimits = {
  readonly memory: BodyMemory;
  /** Before and after decompression. */
  readonly maxBytes: number;
};

/** The bytes have a buffer of their own, which may be transferred; their room is given back on disposal. */
export type Body = Disposable & { readonly bytes: Uint8Array };

const FIRST_BYTES = 65_536;

/** @throws RequestError 413 too large, 415 unknown encoding, 400 no gzip, 499 the client went away, 503 no memory for it now */
export async function readBody(request: IncomingMessage, { memory, maxBytes }: BodyLimits): Promise<Body> {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (!['', 'identity', 'gzip'].includes(encoding)) {
    throw new RequestError(415, `unsupported content encoding: ${encoding.slice(0, 80)}`);
  }
  const declared = Number(request.headers['content-length']);
  if (declared > maxBytes) throw tooLarge();
  const room = memory.open();
  const source = encoding === 'gzip' ? gunzip(request) : request;
  try {
    const expected = source === request && declared > 0 ? declared : maxBytes;
    const bytes = await collect(source, { maxBytes, expected, room });
    return { bytes, [Symbol.dispose]: () => room[Symbol.dispose]() };
  } catch (error) {
    room[Symbol.dispose]();
    // Unread bytes would stand before the next request of the connection for ever.
    request.unpipe();
    if (source !== request) source.destroy();
    request.resume();
    throw request.destroyed && !request.complete ? new RequestError(499, 'the client went away') : error;
  }
}

type Collecting = {
  readonly maxBytes: number;
  /** How many there will be at most; where they are fewer than declared, the client never ends its body. */
  readonly expected: number;
  readonly room: BodyRoom;
};

/** Into one growing buffer: a client may send a byte per chunk, and a million small ones would cost a hundred times their bytes. */
async function collect(source: Readable, { maxBytes, expected, room }: Collecting): Promise<Uint8Array> {
  let buffer = Buffer.alloc(0);
  let length = 0;
  try {
    // Ending the iteration must not end the connection, over which the answer goes.
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (length + chunk.length > maxBytes) throw tooLarge();
      if (length + chunk.length > buffer.length) {
        const capacity = Math.min(expected, Math.max(FIRST_BYTES, buffer.length * 2, length + chunk.length));
        room.grow(capacity - buffer.length);
        const larger = Buffer.allocUnsafeSlow(capacity);
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      length += chunk.copy(buffer, length);
    }
  } catch (error) {
    throw gzipProblem(error) ?? error;
  }
  return new Uint8Array(buffer.buffer, 0, length);
}

function gunzip(request: IncomingMessage): Gunzip {
  const inflated = createGunzip({ chunkSize: FIRST_BYTES });
  request.once('close', () => {
    if (!request.complete) inflated.destroy(new RequestError(499, 'the client went away'));
  });
  return request.pipe(inflated);
}

function tooLarge(): RequestError {
  return new RequestError(413, 'Request Entity Too Large');
}

/** In InfluxDB's words. */
function gzipProblem(error: unknown): RequestError | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return new RequestError(400, 'unexpected EOF');
  if (message === 'incorrect header check') return new RequestError(400, 'gzip: invalid header');
  return code?.startsWith('Z_') === true ? new RequestError(400, `gzip: ${message}`) : undefined;
}
