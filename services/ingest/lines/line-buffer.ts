// The bytes of a batch while lines are written into it. Strings would be put together of half a dozen parts a line, and copied
// twice on the way to the socket; most of a line is the same every time, and is copied here as bytes.

const SIZE_MIN = 4_096;
/** Digits behind the point up to which a number is written as a whole number of so many parts. */
const PARTS = 1_000;
/** Below this such a whole number, and what is made of it again, is exact. */
const WHOLE_MAX = 2 ** 50;

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const ASCII_MAX = 127;

export class LineBuffer {
  #bytes = Buffer.allocUnsafe(SIZE_MIN);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What has been written, in the buffer's own bytes: they are as they are until it is emptied. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** For another batch. */
  empty(): void {
    this.#length = 0;
  }

  bytes(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  text(text: string): void {
    this.#reserve(text.length * 3);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > ASCII_MAX) {
        this.#length += bytes.write(text, this.#length, 'utf8');
        return;
      }
      bytes[at++] = code;
    }
    this.#length = at;
  }

  /** A finite number, so that reading it gives the same number. */
  number(value: number): void {
    const parts = Math.round(value * PARTS);
    // Where the quotient is the number itself, the decimal of so many parts reads as it: both are the nearest to the same value.
    if (Math.abs(parts) < WHOLE_MAX && parts / PARTS === value && !Object.is(value, -0)) this.#decimal(parts);
    else this.text(`${Object.is(value, -0) ? '-0' : value}`);
  }

  /** A whole number of up to 2^53. */
  whole(value: number): void {
    if (value < 0) this.byte(MINUS);
    this.#reserve(WHOLE_DIGITS_MAX);
    this.#length = this.#digits(Math.abs(value), this.#length);
  }

  #decimal(parts: number): void {
    this.#reserve(WHOLE_DIGITS_MAX + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    if (parts < 0) bytes[at++] = MINUS;
    const positive = Math.abs(parts);
    const whole = Math.floor(positive / PARTS);
    let rest = positive - whole * PARTS;
    at = this.#digits(whole, at);
    if (rest > 0) {
      bytes[at++] = POINT;
      for (let unit = PARTS / 10; rest > 0; unit /= 10) {
        const digit = Math.floor(rest / unit);
        bytes[at++] = ZERO + digit;
        rest -= digit * unit;
      }
    }
    this.#length = at;
  }

  /** Writes the digits there and gives the place behind them. */
  #digits(value: number, from: number): number {
    let count = 1;
    for (let limit = 10; limit <= value; limit *= 10) count++;
    const bytes = this.#bytes;
    let rest = value;
    // What fits into 32 bits is divided much faster.
    let at = from + count - 1;
    while (rest > INT_MAX) {
      const tenth = Math.floor(rest / 10);
      bytes[at--] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    let small = rest | 0;
    do {
      const tenth = (small / 10) | 0;
      bytes[at--] = ZERO + (small - tenth * 10);
      small = tenth;
    } while (at >= from);
    return from + count;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const WHOLE_DIGITS_MAX = 16;
const INT_MAX = 2 ** 31 - 1;
