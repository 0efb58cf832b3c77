// How records lie in a segment, one after another:
//
//   [length u32] [crc32 of the payload u32] [check u32] [payload]          little-endian
//
// A checksum stands at every record and not at every group: one flipped bit then costs one record and not the hundreds that
// were written with it, and a record can be read alone. `check` binds length and crc to the place in the log. It is what
// makes a search for the next whole record after damage cheap (a few multiplications at each byte instead of a crc over
// whatever the bytes give as length), and bytes of another log inside a payload never pass for a record. The highest bit
// of the length marks the first record of a group: what lies before it had been synced when it was written.

import { crc32 } from 'node:zlib';

export const FRAME_BYTES = 12;
/** Two bits of the length are marks; and one record of a gigabyte is a mistake anyway. */
export const PAYLOAD_BYTES_MAX = 2 ** 30 - 1;

const FIRST_OF_GROUP = 0x80000000;
/** Stands where a torn record lay, so that it is told of once: skipped by whoever reads. */
const FILLER = 0x40000000;

export type RecordMark = 'plain' | 'first of group';

/** A place in the log. `bytes` counts the frame too: those of all records and the header make the segment's. */
export type Position = { readonly segment: number; readonly offset: number; readonly bytes: number };

export type Place = Pick<Position, 'segment' | 'offset'>;

/** Writes the frame of a payload that follows it; `crc` is that payload's. */
export function writeFrame(into: Buffer, at: number, frame: Place & Framed): void {
  const length = frame.length + (frame.mark === 'first of group' ? FIRST_OF_GROUP : 0);
  put(into, at, length, frame);
}

type Framed = { readonly length: number; readonly crc: number; readonly mark: RecordMark };

function put(into: Buffer, at: number, length: number, { crc, ...place }: Place & { readonly crc: number }): void {
  into.writeUInt32LE(length >>> 0, at);
  into.writeUInt32LE(crc, at + 4);
  into.writeUInt32LE(checkOf(place, length, crc), at + 8);
}

/** The frame that makes one record to skip of the bytes from `place` on, whatever they are. */
export function fillerFrame(bytes: Uint8Array, place: Place): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  const payload = bytes.subarray(FRAME_BYTES);
  put(frame, 0, payload.length + FILLER, { ...place, crc: crc32(payload) });
  return frame;
}

export type Found =
  | { readonly kind: 'record'; readonly payload: Buffer; readonly position: Position; readonly mark: RecordMark }
  | { readonly kind: 'damage'; readonly position: Position };

/** Everything in a segment from `start` on, in order: whole records, and the stretches between them that no checksum answers for. */
export function* scan(bytes: Buffer, segment: number, start: number): Iterable<Found> {
  let offset = start;
  while (offset < bytes.length) {
    const frame = readFrame(bytes, { segment, offset });
    if (frame === undefined) {
      const next = nextWhole(bytes, segment, offset + 1);
      yield { kind: 'damage', position: { segment, offset, bytes: next - offset } };
      offset = next;
      continue;
    }
    const position = { segment, offset, bytes: FRAME_BYTES + frame.length };
    const payload = payloadAt(bytes, offset, frame);
    if (payload === undefined) yield { kind: 'damage', position };
    else if (!frame.isFiller) yield { kind: 'record', payload, position, mark: frame.mark };
    offset += position.bytes;
  }
}

/** The payload of one record's bytes; undefined where they are not the record of that place. */
export function payloadOf(record: Buffer, place: Place): Buffer | undefined {
  const frame = readFrame(record, place, 0);
  return frame === undefined || frame.isFiller ? undefined : payloadAt(record, 0, frame);
}

function payloadAt(bytes: Buffer, at: number, { length, crc }: Framed): Buffer | undefined {
  const payload = bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length);
  return crc32(payload) === crc ? payload : undefined;
}

/** undefined where the check fails, or the payload would reach beyond the end. */
function readFrame(bytes: Buffer, place: Place, at = place.offset): (Framed & { isFiller: boolean }) | undefined {
  if (at + FRAME_BYTES > bytes.length) return undefined;
  const marked = bytes.readUInt32LE(at);
  const crc = bytes.readUInt32LE(at + 4);
  if (checkOf(place, marked, crc) !== bytes.readUInt32LE(at + 8)) return undefined;
  const length = marked & PAYLOAD_BYTES_MAX;
  if (at + FRAME_BYTES + length > bytes.length) return undefined;
  const mark = (marked & FIRST_OF_GROUP) !== 0 ? 'first of group' : 'plain';
  return { length, crc, mark, isFiller: (marked & FILLER) !== 0 };
}

/** Where the next record begins whose frame and payload are both right; the end where there is none. */
function nextWhole(bytes: Buffer, segment: number, from: number): number {
  for (let offset = from; offset + FRAME_BYTES <= bytes.length; offset++) {
    const frame = readFrame(bytes, { segment, offset });
    if (frame !== undefined && payloadAt(bytes, offset, frame) !== undefined) return offset;
  }
  return bytes.length;
}

/** A 32-bit hash (multiply and shift, as in murmur3's finish) of where a record lies and what its frame says. */
function checkOf({ segment, offset }: Place, length: number, crc: number): number {
  let hash = Math.imul(segment ^ 0x5e91e9b1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ offset, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ length, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16) ^ crc, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) >>> 0;
}
