// InfluxDB line protocol, the one wire format between services and towards the store: any measurement, tags and fields.
// The rules and the words of the errors are InfluxDB 1.6.7's own. What InfluxDB would read back differently from what
// was meant (a newline or a trailing backslash in a tag) is refused on encoding instead of being written.
// The hot path for points is batch.ts; this file serves everything else.

export type FieldValue =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string };

export type Line = {
  readonly measurement: string;
  /** In the order they were written; keys are unique. */
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly fields: readonly (readonly [key: string, value: FieldValue])[];
  /** In the unit of the batch's precision; undefined where the line has none (the receiver's clock then counts). */
  readonly time: bigint | undefined;
};

/** What is wrong with one line, in InfluxDB's words: `unable to parse '<line>': <reason>`. */
export type LineError = { readonly line: string; readonly lineNumber: number; readonly reason: string };

/** Why this text cannot be a tag value, measurement or key; undefined where it can. */
export function tagProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being refused
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'holds a control character';
  if (text.endsWith('\\')) return 'ends in a backslash, which line protocol cannot carry';
  return undefined;
}

/** A tag key, tag value or field key with commas, equals signs and spaces escaped. */
export function escapeTag(text: string): string {
  return /[,= ]/.test(text) ? text.replace(/[,= ]/g, '\\$&') : text;
}

function escapeMeasurement(text: string): string {
  return text.replace(/[, ]/g, '\\$&');
}

/** @throws RangeError where it is not finite */
export function encodeFloat(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`Cannot encode ${value}: a float must be finite`);
  return Object.is(value, -0) ? '-0' : `${value}`;
}

export function encodeField(field: FieldValue): string {
  switch (field.type) {
    case 'float':
      return encodeFloat(field.value);
    case 'integer':
      return `${field.value}i`;
    case 'boolean':
      return field.value ? 'true' : 'false';
    case 'string':
      return `"${field.value.replace(/["\\]/g, '\\$&')}"`;
  }
}

function checked(text: string, what: string): string {
  const problem = tagProblem(text);
  if (problem !== undefined) throw new RangeError(`Cannot encode a ${what} that ${problem}: ${JSON.stringify(text)}`);
  return text;
}

/**
 * One line without its newline; tags are sorted by key, as InfluxDB keeps them.
 * @throws RangeError where a name or tag holds what line protocol cannot carry (see tagProblem), or a float is not finite
 */
export function encodeLine(line: Line): string {
  const tags = line.tags
    .map(([key, value]) => `,${escapeTag(checked(key, 'tag key'))}=${escapeTag(checked(value, 'tag value'))}`)
    .sort();
  if (line.fields.length === 0) throw new RangeError('Cannot encode a line without fields');
  const fields = line.fields.map(([key, value]) => `${escapeTag(checked(key, 'field key'))}=${encodeField(value)}`);
  const time = line.time === undefined ? '' : ` ${line.time}`;
  return `${escapeMeasurement(checked(line.measurement, 'measurement'))}${tags.join('')} ${fields.join(',')}${time}`;
}

/**
 * Every line of a body, good ones to `onLine` and bad ones to `onError`; a bad line never costs a good one.
 * Blank lines and `#` comments are passed over; a newline inside a quoted string belongs to the string.
 */
export function decodeLines(
  text: string,
  onLine: (line: Line, lineNumber: number, text: string) => void,
  onError: (error: LineError) => void,
): void {
  let lineNumber = 1;
  for (let start = 0; start < text.length; ) {
    const end = endOfLine(text, start);
    const raw = text.slice(start, end).replace(/\r$/, '');
    const trimmed = raw.trimStart();
    if (trimmed !== '' && trimmed[0] !== '#') {
      const line = decodeLine(trimmed);
      if (typeof line === 'string') onError({ line: raw, lineNumber, reason: line });
      else onLine(line, lineNumber, trimmed);
    }
    lineNumber += raw.includes('\n') ? raw.split('\n').length : 1;
    start = end + 1;
  }
}

/** Characters of a text, or bytes of UTF-8: what separates is the same in both. */
export type Codes = { readonly length: number; charCodeAt(index: number): number };

/** Index of the newline that ends the line starting here, or the text's length; a quoted string may hold newlines. */
function endOfLine(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  const plainEnd = newline === -1 ? text.length : newline;
  const plain = text.slice(start, plainEnd);
  // Only a quote can carry a line past its newline, and most lines have none.
  return plain.includes('"') && plain[0] !== '#' ? endOfQuotedLine(text, start) : plainEnd;
}

/** Index of the newline that ends the line starting here: the first one outside a quoted field string. */
export function endOfQuotedLine(text: Codes, start: number): number {
  let inFields = false;
  let quoted = false;
  let wasEquals = false;
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i);
    // As itemEnd and valueEnd have it: in a string a backslash takes whatever follows, outside only what it can escape.
    if (c === BACKSLASH) {
      if (quoted || isEscapable(text.charCodeAt(i + 1))) i++;
      wasEquals = false;
      continue;
    }
    if (quoted) {
      if (c === QUOTE) quoted = false;
    } else if (c === NEWLINE) return i;
    else if (c === QUOTE && inFields && wasEquals) quoted = true;
    else if (c === SPACE) inFields = true;
    wasEquals = c === EQUALS;
  }
  return text.length;
}

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;
/** Of measurement and tags as they are written. */
const KEY_BYTES_MAX = 65_535;
const INT64_MAX = 9223372036854775807n;
const INT64_MIN = -9223372036854775808n;
const TRUE = new Set(['t', 'T', 'true', 'True', 'TRUE']);
const FALSE = new Set(['f', 'F', 'false', 'False', 'FALSE']);

/** A line, or the reason why it is none. One pass: no search looks further than the item it is about. */
export function decodeLine(text: string): Line | string {
  const measurementEnd = itemEnd(text, 0, COMMA, SPACE);
  const measurement = unescapeMeasurement(text.slice(0, measurementEnd));
  if (measurement === '') return 'missing measurement';
  const tags: [string, string][] = [];
  const tagsEnd = decodeTags(text, measurementEnd, tags);
  if (typeof tagsEnd === 'string') return tagsEnd;
  const keyBytes = tagsEnd * 3 <= KEY_BYTES_MAX ? 0 : new TextEncoder().encode(text.slice(0, tagsEnd)).length;
  if (keyBytes > KEY_BYTES_MAX) return `max key length exceeded: ${keyBytes} > ${KEY_BYTES_MAX}`;
  const fields: [string, FieldValue][] = [];
  const fieldsEnd = decodeFields(text, skipSpaces(text, tagsEnd), fields);
  if (typeof fieldsEnd === 'string') return fieldsEnd;
  const rest = text.slice(skipSpaces(text, fieldsEnd)).trimEnd();
  if (rest === '') return { measurement, tags, fields, time: undefined };
  if (!INTEGER.test(rest)) return /^[+-]?\d+ /.test(rest) ? 'point is invalid' : 'bad timestamp';
  if (isLong(rest)) return `strconv.ParseInt: parsing "${rest}": value out of range`;
  return { measurement, tags, fields, time: BigInt(rest) };
}

/** Fills `tags`; returns the index after the last one, or the reason why it cannot. */
function decodeTags(text: string, from: number, tags: [string, string][]): number | string {
  const seen = new Set<string>();
  let at = from;
  while (text.charCodeAt(at) === COMMA) {
    const equals = itemEnd(text, at + 1, EQUALS, COMMA, SPACE);
    if (equals === at + 1) return 'missing tag key';
    if (text.charCodeAt(equals) !== EQUALS) return 'missing tag value';
    const end = itemEnd(text, equals + 1, COMMA, SPACE, EQUALS);
    if (end === equals + 1) return 'missing tag value';
    if (text.charCodeAt(end) === EQUALS) return 'invalid tag format';
    const key = unescapeTag(text.slice(at + 1, equals));
    if (seen.has(key)) return 'duplicate tags';
    seen.add(key);
    tags.push([key, unescapeTag(text.slice(equals + 1, end))]);
    at = end;
  }
  return at;
}

/** Fills `fields`; returns the index after the last one, or the reason why it cannot. */
function decodeFields(text: string, from: number, fields: [string, FieldValue][]): number | string {
  if (from >= text.length) return text.endsWith(' ') ? 'invalid field format' : 'missing fields';
  for (let at = from; ; at++) {
    const equals = itemEnd(text, at, EQUALS, COMMA, SPACE);
    if (text.charCodeAt(equals) !== EQUALS) return 'invalid field format';
    if (equals === at) return 'missing field key';
    const end = valueEnd(text, equals + 1);
    if (end === -1) return 'unbalanced quotes';
    if (end === equals + 1) return 'missing field value';
    const value = decodeFieldValue(text.slice(equals + 1, end));
    if (typeof value === 'string') return value;
    fields.push([unescapeTag(text.slice(at, equals)), value]);
    if (text.charCodeAt(end) !== COMMA) return end;
    at = end;
  }
}

function decodeFieldValue(raw: string): FieldValue | string {
  if (raw[0] === '"') {
    return {
      type: 'string',
      value: raw.includes('\\') ? raw.slice(1, -1).replace(/\\(["\\])/g, '$1') : raw.slice(1, -1),
    };
  }
  const first = raw.charCodeAt(0);
  const startsNumber = (first >= 48 && first <= 57) || first === 45 || first === 46;
  if (!startsNumber) {
    if (TRUE.has(raw)) return { type: 'boolean', value: true };
    if (FALSE.has(raw)) return { type: 'boolean', value: false };
    return /^[nN]/.test(raw) ? 'invalid number' : 'invalid boolean';
  }
  if (raw.endsWith('i')) return decodeInteger(raw.slice(0, -1));
  if (!FLOAT.test(raw)) return /^-?[\d.]+[eE][+-]?$/.test(raw) ? 'invalid float' : 'invalid number';
  const value = Number(raw);
  return Number.isFinite(value) ? { type: 'float', value } : 'invalid float';
}

/** No 64 bits have so many digits, and turning a megabyte of them into a number takes seconds. */
function isLong(digits: string): boolean {
  return digits.length > 20 && digits.replace(/^[+-]?0*/, '').length > 19;
}

function decodeInteger(digits: string): FieldValue | string {
  if (!INTEGER.test(digits)) return 'invalid number';
  const value = isLong(digits) ? undefined : BigInt(digits);
  if (value === undefined || value > INT64_MAX || value < INT64_MIN) {
    return `unable to parse integer ${digits}: strconv.ParseInt: parsing "${digits}": value out of range`;
  }
  return { type: 'integer', value };
}

/** End of a field value: a quoted string up to its closing quote (-1 where it has none), else up to `,` or a space. */
function valueEnd(text: string, from: number): number {
  if (text[from] === '"') {
    for (let i = from + 1; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) return i + 1;
    }
    return -1;
  }
  let i = from;
  while (i < text.length && text.charCodeAt(i) !== COMMA && text.charCodeAt(i) !== SPACE) i++;
  return i;
}

/** Index of the first of the wanted characters, from `from` on, that no backslash stands before; else the text's length. */
function itemEnd(text: string, from: number, ...wanted: readonly number[]): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    // Outside quoted strings backslashes do not escape each other: only the one right before a character counts.
    if (c === BACKSLASH && i + 1 < text.length && isEscapable(text.charCodeAt(i + 1))) i++;
    else if (wanted.includes(c)) return i;
  }
  return text.length;
}

function isEscapable(c: number): boolean {
  return c === COMMA || c === EQUALS || c === SPACE;
}

function skipSpaces(text: string, from: number): number {
  let i = from;
  while (i < text.length && text.charCodeAt(i) === SPACE) i++;
  return i;
}

function unescapeTag(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,= ])/g, '$1') : text;
}

function unescapeMeasurement(text: string): string {
  return text.includes('\\') ? text.replace(/\\([, ])/g, '$1') : text;
}
