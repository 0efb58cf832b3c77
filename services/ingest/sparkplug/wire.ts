// Protocol Buffers as they go over the wire [protobuf.dev, Encoding]: varints, fixed 32 and 64 bits, and what says its length.
// A reader never throws and never reads past its limit: the first thing wrong is kept with the byte it is at, and from there on
// there is nothing more to read. 64 bits are two halves, since a number holds only 53 of them.

import { isUtf8 } from 'node:buffer';

/** Wire types: how a field is written, whatever it means. Groups (3, 4) are long gone and are refused. */
export const VARINT = 0;
export const FIXED_64 = 1;
export const LENGTH = 2;
export const FIXED_32 = 5;

const TWO_32 = 2 ** 32;

export class WireReader {
  readonly bytes: Buffer;
  at = 0;
  /** Reading ends here: where the message does, or the one within it. */
  limit: number;
  /** What is wrong, with its place; undefined while nothing is. */
  problem: string | undefined;
  /** The field that tag() found, and how it is written. */
  field = 0;
  type = 0;
  /** The two halves of the last varint, each from 0 to 2^32 - 1. */
  low = 0;
  high = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.limit = bytes.length;
  }

  fail(at: number, message: string): void {
    this.problem ??= `at byte ${at}: ${message}`;
    this.at = this.limit;
  }

  /** Goes to the next field; false at the end, and where something is wrong. */
  next(): boolean {
    if (this.problem !== undefined || this.at >= this.limit) return false;
    const start = this.at;
    this.varint();
    this.field = this.low >>> 3;
    this.type = this.low & 7;
    if (this.problem !== undefined) return false;
    if (this.field === 0 || this.high !== 0) {
      this.fail(start, 'no field has such a number');
      return false;
    }
    return true;
  }

  varint(): void {
    const { bytes, limit } = this;
    const start = this.at;
    let at = start;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= limit) {
        this.fail(start, 'a number breaks off');
        return;
      }
      const byte = bytes[at++] as number;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= byte << 28;
        high = (byte & 0x7f) >>> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) {
        this.at = at;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    this.fail(start, 'a number has more than ten bytes');
  }

  /** An unsigned number; past 2^53 it is rounded. */
  unsigned(): number {
    this.varint();
    return this.high * TWO_32 + this.low;
  }

  flag(): boolean {
    this.varint();
    return this.low !== 0 || this.high !== 0;
  }

  float(): number {
    return this.#has(4) ? this.bytes.readFloatLE(this.at - 4) : 0;
  }

  double(): number {
    return this.#has(8) ? this.bytes.readDoubleLE(this.at - 8) : 0;
  }

  /** Goes over so many bytes of one value. */
  #has(count: number): boolean {
    if (this.limit - this.at >= count) {
      this.at += count;
      return true;
    }
    this.fail(this.at, 'a number breaks off');
    return false;
  }

  /** The length of what follows. */
  length(): number {
    const start = this.at;
    const length = this.unsigned();
    if (length <= this.limit - this.at) return length;
    this.fail(start, `a length of ${length}, where the message ends after ${this.limit - this.at}`);
    return 0;
  }

  /** undefined where it is no UTF-8; the rest can still be read. */
  text(): string | undefined {
    const length = this.length();
    const { bytes, at: start } = this;
    const end = start + length;
    this.at = end;
    for (let i = start; i < end; i++) {
      if ((bytes[i] as number) < 0x80) continue;
      return isUtf8(bytes.subarray(start, end)) ? bytes.toString('utf8', start, end) : undefined;
    }
    return bytes.toString('latin1', start, end);
  }

  /** Goes over a field that means nothing here. */
  skip(): void {
    switch (this.type) {
      case VARINT:
        this.varint();
        break;
      case FIXED_64:
        this.#has(8);
        break;
      case LENGTH: {
        const length = this.length();
        this.at += length;
        break;
      }
      case FIXED_32:
        this.#has(4);
        break;
      default:
        this.fail(this.at, `field ${this.field} is written in a way (${this.type}) that does not exist`);
    }
  }
}

export class WireWriter {
  readonly #parts: Buffer[] = [];

  /** What has been written. */
  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** A number from 0 to 2^53. */
  unsigned(field: number, value: number): this {
    return this.halves(field, value >>> 0, Math.floor(value / TWO_32));
  }

  halves(field: number, low: number, high: number): this {
    this.#tag(field, VARINT);
    this.#varint(low, high);
    return this;
  }

  flag(field: number, value: boolean): this {
    return this.halves(field, value ? 1 : 0, 0);
  }

  float(field: number, value: number): this {
    this.#tag(field, FIXED_32);
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.#parts.push(bytes);
    return this;
  }

  double(field: number, value: number): this {
    this.#tag(field, FIXED_64);
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(bytes);
    return this;
  }

  text(field: number, value: string): this {
    return this.block(field, Buffer.from(value, 'utf8'));
  }

  /** Bytes, or a message within the message. */
  block(field: number, bytes: Buffer): this {
    this.#tag(field, LENGTH);
    this.#varint(bytes.length, 0);
    this.#parts.push(bytes);
    return this;
  }

  #tag(field: number, type: number): void {
    this.#varint(((field << 3) | type) >>> 0, 0);
  }

  #varint(low: number, high: number): void {
    const bytes: number[] = [];
    let [lower, upper] = [low, high];
    while (upper > 0 || lower > 0x7f) {
      bytes.push((lower & 0x7f) | 0x80);
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    bytes.push(lower);
    this.#parts.push(Buffer.from(bytes));
  }
}
