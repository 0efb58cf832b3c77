// The payload that most devices send, a JSON object of numbers, booleans and short texts, read from its bytes: JSON.parse would
// make a string of them first, then an object, of which the metrics were still to be taken. Reads only what it is sure of: ASCII
// without escapes, names that JSON.parse leaves in their order, numbers whose digits give them exactly. Anything else is read
// the long way (json.ts), which also finds the words for what is wrong.

import { type RawMetric, type RawRecord, type RawValue, TEXT_CHARS_MAX } from '../record.ts';
import { HISTORY_KEY, QUALITY_KEYS, TIME_KEYS } from './json-keys.ts';
import { readTimestamp } from './timestamp.ts';

/** 10^0 to 10^22: as far as they are exact. */
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);
/** Characters of a number, its point among them: with so many digits any whole number is exact. */
const DIGITS_MAX = 15;
const NAME_BYTES_MAX = 128;
/** Names that are known by sight; past that they are learned anew, which only costs time. */
const NAMES_MAX = 4_096;
/** Each is compared with those before it, since the last of two of the same name is the one that counts. */
const METRICS_MAX = 64;
/** They say something of the whole object, and seldom. */
const NOT_HERE: ReadonlySet<string> = new Set([...QUALITY_KEYS, HISTORY_KEY]);
const TIMES: ReadonlySet<string> = new Set(TIME_KEYS);

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const DELETE = 0x7f;
const SPACE = 0x20;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

export class FlatJson {
  /** Names by a hash of their bytes: the same few come again and again. */
  readonly #names = new Map<number, string>();
  #bytes: Buffer = TRUE;
  #at = 0;
  #metrics: RawMetric[] = [];
  #measuredAt: number | null = null;

  /** The one record of the payload; undefined where it must be read the long way. */
  read(payload: Buffer): RawRecord | undefined {
    this.#bytes = payload;
    this.#at = 0;
    this.#metrics = [];
    this.#measuredAt = null;
    if (!this.#object() || this.#next() !== undefined || this.#metrics.length === 0) return undefined;
    const said = { measuredAt: this.#measuredAt, sequence: null, isHistory: false, isWhole: true };
    return { ...said, metrics: this.#metrics, where: '', isMembers: true };
  }

  #object(): boolean {
    if (this.#next() !== OPEN) return false;
    for (;;) {
      if (this.#next() !== QUOTE) return false;
      const name = this.#name();
      if (name === undefined || this.#next() !== COLON) return false;
      const value = this.#value();
      if (value === undefined || !this.#take(name, value)) return false;
      const end = this.#next();
      if (end !== COMMA) return end === CLOSE;
    }
  }

  #take(name: string, value: RawValue): boolean {
    if (TIMES.has(name)) {
      if (this.#measuredAt !== null) return false;
      this.#measuredAt = readTimestamp(value) ?? null;
      return this.#measuredAt !== null;
    }
    const metrics = this.#metrics;
    if (NOT_HERE.has(name) || metrics.length === METRICS_MAX) return false;
    for (let i = 0; i < metrics.length; i++) if (metrics[i]?.metric === name) return false;
    metrics.push({ metric: name, value, quality: value === null ? 'bad' : 'good' });
    return true;
  }

  /** The next byte that is no blank, which is passed; undefined at the end. */
  #next(): number | undefined {
    let byte = this.#bytes[this.#at++];
    while (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = this.#bytes[this.#at++];
    return byte;
  }

  /** Behind its opening quote. JSON.parse puts names that are whole numbers before the others, so none may begin like one. */
  #name(): string | undefined {
    const bytes = this.#bytes;
    const from = this.#at;
    let hash = 0;
    let at = from;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[++at]) {
      if (byte === undefined || !isPlain(byte) || at - from === NAME_BYTES_MAX) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (at === from || isDigit(bytes[from])) return undefined;
    this.#at = at + 1;
    const known = this.#names.get(hash);
    return known !== undefined && isThere(known, bytes, from, at) ? known : this.#newName(hash, from, at);
  }

  #newName(hash: number, from: number, to: number): string {
    const name = this.#bytes.toString('latin1', from, to);
    if (this.#names.size === NAMES_MAX) this.#names.clear();
    this.#names.set(hash, name);
    return name;
  }

  #value(): RawValue | undefined {
    const first = this.#next();
    if (first === QUOTE) return this.#text();
    if (first === MINUS) {
      const size = this.#number(this.#bytes[this.#at++]);
      return size === undefined ? undefined : -size;
    }
    if (isDigit(first)) return this.#number(first);
    if (first === TRUE[0]) return this.#word(TRUE) ? true : undefined;
    if (first === FALSE[0]) return this.#word(FALSE) ? false : undefined;
    if (first === NULL[0]) return this.#word(NULL) ? null : undefined;
    return undefined;
  }

  /** Behind its opening quote. */
  #text(): string | undefined {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[++at]) {
      if (byte === undefined || !isPlain(byte) || at - from === TEXT_CHARS_MAX) return undefined;
    }
    this.#at = at + 1;
    return bytes.toString('latin1', from, at);
  }

  /** From its first digit on, which is passed. So few digits, and a power of ten, are both exact, and their quotient is the nearest. */
  #number(first: number | undefined): number | undefined {
    if (!isDigit(first)) return undefined;
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    let digits = first - ZERO;
    let byte = bytes[at];
    for (; isDigit(byte); byte = bytes[++at]) digits = digits * 10 + (byte - ZERO);
    if (first === ZERO && at > from) return undefined;
    let parts = 0;
    if (byte === POINT) {
      const pointAt = at;
      for (byte = bytes[++at]; isDigit(byte); byte = bytes[++at]) digits = digits * 10 + (byte - ZERO);
      parts = at - pointAt - 1;
      if (parts === 0) return undefined;
    }
    if (at - from > DIGITS_MAX || isExponent(byte)) return undefined;
    this.#at = at;
    return parts === 0 ? digits : digits / (POWERS[parts] as number);
  }

  /** Behind its first letter. */
  #word(word: Uint8Array): boolean {
    for (let i = 1; i < word.length; i++) if (this.#bytes[this.#at++] !== word[i]) return false;
    return true;
  }
}

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

function isExponent(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45;
}

function isPlain(byte: number): boolean {
  return byte >= SPACE && byte < DELETE && byte !== BACKSLASH;
}

function isThere(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
