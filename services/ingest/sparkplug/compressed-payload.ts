// A payload that holds another one, compressed, as the Sparkplug libraries of Eclipse Tahu write it: a uuid that says so, the
// bytes in its body, and a metric that names the algorithm. Inflated up to a limit, so that a bomb costs no more than the
// largest payload that is taken.

import { gunzipSync, inflateSync } from 'node:zlib';
import type { Payload, Unreadable } from './payload.ts';
import { decodePayload } from './payload-decoder.ts';

const COMPRESSED = 'SPBV1.0_COMPRESSED';
const ALGORITHMS = { GZIP: gunzipSync, DEFLATE: inflateSync } as const;

/** @param bytesMax of the payload once it is inflated */
export function readPayload(bytes: Buffer, bytesMax: number): Payload | Unreadable {
  const payload = decodePayload(bytes);
  if ('problem' in payload || payload.uuid !== COMPRESSED) return payload;
  const inflated = inflate(payload, bytesMax);
  if ('problem' in inflated) return inflated;
  const inner = decodePayload(inflated);
  if ('problem' in inner) return { ...inner, problem: `inside its compressed body, ${inner.problem}` };
  if (inner.uuid === COMPRESSED) return { kind: 'broken', problem: 'its compressed body is compressed once more' };
  return inner;
}

function inflate({ body, metrics }: Payload, bytesMax: number): Buffer | Unreadable {
  const value = metrics.find(({ name }) => name === 'algorithm')?.value;
  const name = value?.field === 'string' ? value.text.toUpperCase() : 'DEFLATE'; // as Tahu has it where none is named
  if (name !== 'GZIP' && name !== 'DEFLATE') {
    return { kind: 'broken', problem: `it is compressed by '${name.slice(0, 32)}'; GZIP and DEFLATE are read` };
  }
  if (body === null) return { kind: 'broken', problem: 'it says that it is compressed and has no body' };
  try {
    return ALGORITHMS[name](body, { maxOutputLength: bytesMax });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return { kind: 'large', problem: `its body inflates to more than ${bytesMax} bytes` };
    }
    const what = code === 'Z_BUF_ERROR' ? 'is cut off' : 'is damaged';
    return { kind: 'broken', problem: `its body cannot be inflated by ${name}: it ${what}` };
  }
}
