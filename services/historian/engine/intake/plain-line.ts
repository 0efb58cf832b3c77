// The lines that nearly all lines are, read byte by byte: nothing escaped, numbers of a usual length, a timestamp of digits.
// Whatever is otherwise is not decided here: it is left to the decoder of #domain/line-protocol.ts, which knows all of it.

export type FieldKind = 'float' | 'integer' | 'boolean' | 'string';

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const EQUALS = 61;
const BACKSLASH = 92;
const SMALL_I = 105;

const POWERS = Array.from({ length: 16 }, (_, i) => 10 ** i);
/** So many digits are a whole number that a double holds. */
const DIGITS_MAX = 15;

const WORDS = new Map([
  ['t', 1],
  ['T', 1],
  ['true', 1],
  ['True', 1],
  ['TRUE', 1],
  ['f', 0],
  ['F', 0],
  ['false', 0],
  ['False', 0],
  ['FALSE', 0],
]);
const WORD_BYTES_MAX = 5;

/** One line at a time; what was read stands in its fields until the next. */
export class PlainLine {
  /** Measurement and tags, from the line's start to here. */
  keyEnd = 0;
  fields = 0;
  readonly nameFrom: number[] = [];
  readonly nameTo: number[] = [];
  readonly kinds: FieldKind[] = [];
  /** Of a string, where its text begins. */
  readonly numbers: number[] = [];
  /** Of a string, where its text ends. */
  readonly textTo: number[] = [];
  hasTime = false;
  timeFrom = 0;
  timeTo = 0;
  /** Where the next line begins. */
  next = 0;

  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** false: it is none of the plain lines, and of what stands in the fields nothing counts. */
  read(start: number): boolean {
    const bytes = this.#bytes;
    const first = bytes[start];
    if (first === SPACE || first === HASH || first === NEWLINE || first === COMMA || first === RETURN) return false;
    let at = start;
    for (; ; at++) {
      const c = bytes[at];
      if (c === SPACE) break;
      if (c === undefined || c === NEWLINE || c === BACKSLASH) return false;
    }
    this.keyEnd = at;
    this.fields = 0;
    do {
      at = this.#readField(at + 1);
      if (at === -1) return false;
    } while (bytes[at] === COMMA);
    return this.#readTime(at);
  }

  /** Index after the value; -1 where the line is not plain. */
  #readField(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (; ; at++) {
      const c = bytes[at];
      if (c === EQUALS) break;
      if (c === undefined || c <= SPACE || c === COMMA || c === BACKSLASH || c >= 0x80) return -1;
    }
    if (at === from) return -1;
    const field = this.fields++;
    this.nameFrom[field] = from;
    this.nameTo[field] = at;
    const c = bytes[at + 1];
    if (c === QUOTE) return this.#readText(field, at + 2);
    return c === MINUS || c === DOT || (c !== undefined && c >= ZERO && c <= NINE)
      ? this.#readNumber(field, at + 1)
      : this.#readWord(field, at + 1);
  }

  #readText(field: number, from: number): number {
    const bytes = this.#bytes;
    for (let at = from; ; at++) {
      const c = bytes[at];
      if (c === QUOTE) {
        this.kinds[field] = 'string';
        this.numbers[field] = from;
        this.textTo[field] = at;
        return endsField(bytes[at + 1]) ? at + 1 : -1;
      }
      // A newline belongs to the string; lines are counted elsewhere.
      if (c === undefined || c === BACKSLASH || c === NEWLINE) return -1;
    }
  }

  #readNumber(field: number, from: number): number {
    const bytes = this.#bytes;
    const isNegative = bytes[from] === MINUS;
    let at = isNegative ? from + 1 : from;
    let whole = 0;
    let digits = 0;
    let decimals = -1;
    for (; ; at++) {
      const c = bytes[at] as number;
      if (c >= ZERO && c <= NINE) {
        whole = whole * 10 + (c - ZERO);
        digits++;
        if (decimals >= 0) decimals++;
      } else if (c === DOT && decimals === -1) decimals = 0;
      else break;
    }
    // No digit is no number; more than fit, or an exponent, is somebody else's.
    if (digits === 0 || digits > DIGITS_MAX) return -1;
    const isInteger = bytes[at] === SMALL_I;
    if (isInteger && decimals !== -1) return -1;
    if (isInteger) at++;
    if (!endsField(bytes[at])) return -1;
    const value = decimals > 0 ? whole / (POWERS[decimals] as number) : whole;
    this.kinds[field] = isInteger ? 'integer' : 'float';
    // An integer has no minus zero.
    this.numbers[field] = isNegative && !(isInteger && whole === 0) ? -value : value;
    return at;
  }

  #readWord(field: number, from: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (!endsField(bytes[at])) if (++at > from + WORD_BYTES_MAX) return -1;
    const value = WORDS.get(bytes.toString('latin1', from, at));
    if (value === undefined) return -1;
    this.kinds[field] = 'boolean';
    this.numbers[field] = value;
    return at;
  }

  #readTime(from: number): boolean {
    const bytes = this.#bytes;
    const hasSpace = bytes[from] === SPACE;
    let at = hasSpace ? from + 1 : from;
    this.timeFrom = at;
    for (; ; at++) {
      const c = bytes[at];
      if (c === undefined || c < ZERO || c > NINE) break;
    }
    this.timeTo = at;
    this.hasTime = at > this.timeFrom;
    if (hasSpace !== this.hasTime) return false;
    if (bytes[at] === RETURN) at++;
    if (bytes[at] !== NEWLINE && bytes[at] !== undefined) return false;
    this.next = at + 1;
    return true;
  }
}

function endsField(c: number | undefined): boolean {
  return c === undefined || c === COMMA || c === SPACE || c === NEWLINE || c === RETURN;
}
