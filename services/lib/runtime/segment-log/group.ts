// Records that go to disk together: one buffer that grows, written by one write. Buffers are used again, since a fresh one
// for every group would be a page fault for every 4 KiB of it.

import { crc32 } from 'node:zlib';
import { FRAME_BYTES, type Position, writeFrame } from './record.ts';

const BUFFER_BYTES_MIN = 64 * 1024;
/** A buffer that a burst has made larger is given back: it would be held for ever. */
const BUFFER_BYTES_KEPT = 4 * 1024 * 1024;

export class Group {
  readonly segment: number;
  /** Where in the segment it begins. */
  readonly offset: number;
  /** No more joins it: it is being written, or the next record belongs to another segment. */
  isSealed = false;
  records = 0;
  #buffer: Buffer;
  #bytes = 0;
  #done: PromiseWithResolvers<void> | undefined;

  constructor(place: { readonly segment: number; readonly offset: number }, spare: Buffer | undefined) {
    this.segment = place.segment;
    this.offset = place.offset;
    this.#buffer = spare ?? Buffer.allocUnsafeSlow(BUFFER_BYTES_MIN);
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#bytes);
  }

  get end(): number {
    return this.offset + this.#bytes;
  }

  /** Copies the parts, which together are one payload of `length` bytes. */
  append(parts: readonly Uint8Array[], length: number): Position {
    const bytes = FRAME_BYTES + length;
    const at = this.#bytes;
    this.#makeRoom(at + bytes);
    let crc = 0;
    let to = at + FRAME_BYTES;
    for (const part of parts) {
      crc = crc32(part, crc);
      this.#buffer.set(part, to);
      to += part.length;
    }
    const position = { segment: this.segment, offset: this.offset + at, bytes };
    const mark = this.records === 0 ? 'first of group' : 'plain';
    writeFrame(this.#buffer, at, { segment: this.segment, offset: position.offset, length, crc, mark });
    this.#bytes += bytes;
    this.records++;
    return position;
  }

  holds({ segment, offset }: Position): boolean {
    return segment === this.segment && offset >= this.offset && offset < this.end;
  }

  /** A copy of a record's bytes: the buffer is used again. */
  copyOf({ offset, bytes }: Position): Buffer {
    return Buffer.from(this.bytes.subarray(offset - this.offset, offset - this.offset + bytes));
  }

  /** One promise for all who wait for this group. */
  get committed(): Promise<void> {
    this.#done ??= Promise.withResolvers();
    return this.#done.promise;
  }

  /** It is on disk. Gives back the buffer for another group; undefined where it has grown too large to be kept. */
  finish(): Buffer | undefined {
    this.#done?.resolve();
    return this.#buffer.length <= BUFFER_BYTES_KEPT ? this.#buffer : undefined;
  }

  #makeRoom(needed: number): void {
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.bytes);
    this.#buffer = larger;
  }
}
