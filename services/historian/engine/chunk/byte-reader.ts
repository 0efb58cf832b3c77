// Reads what byte-writer.ts wrote. Bytes that end too early are damage, and throw.

export class DamagedBytesError extends Error {}

export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new DamagedBytesError('the bytes end too early');
    return value;
  }

  varint(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Fills `sums` with the running sums of as many signed numbers. The loop that long queries spend their time in. */
  runningSums(sums: Float64Array): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let sum = 0;
    for (let i = 0; i < sums.length; i++) {
      const byte = bytes[at] as number;
      if (byte < 0x80) {
        at++;
        sum += (byte & 1) === 0 ? byte >> 1 : -((byte + 1) >> 1);
      } else {
        // Also where the bytes have ended: that is told there.
        this.#at = at;
        sum += this.signed();
        at = this.#at;
      }
      sums[i] = sum;
    }
    this.#at = at;
  }

  double(): number {
    const at = this.#skip(8);
    return this.#bytes.readDoubleLE(at);
  }

  /** A view, not a copy. */
  raw(length: number): Buffer {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    return this.raw(this.varint()).toString('utf8');
  }

  #skip(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new DamagedBytesError('the bytes end too early');
    return at;
  }
}
