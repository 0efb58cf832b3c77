// InfluxQL text to tokens, on demand: whether `/` divides or opens a regex only the parser knows, so it asks for a regex
// where the grammar has one (scanRegex). Never throws: what is no token comes out as `bad`, and the parser says so.

import { parseInfluxDuration } from './duration.ts';
import { type Position, SYMBOLS, type Token } from './token.ts';

const LONG_FIRST = [...SYMBOLS].sort((a, b) => b.length - a.length);
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /\d+\.\d*|\.\d+|\d+/y;
const UNITS = /[A-Za-zµ][A-Za-z0-9µ]*/y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Where blanks and comments that begin at `from` are over; at an open comment it stays. */
function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    const c = text[at];
    if (c === ' ' || c === '\n' || c === '\t' || c === '\r') at++;
    else if (c === '-' && text[at + 1] === '-') {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (c === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end === -1) return at;
      at = end + 2;
    } else return at;
  }
}

/** The token that starts at or after `from`, which is where `previous` ended. */
export function scanToken(text: string, from: number, previous?: Token): Token {
  const start = skipBlank(text, from);
  const located = (end: number) => ({ start, end, position: () => positionOf(text, start) });
  const c = text[start];
  if (c === undefined) {
    const extra = start > from || isReadPast(text, previous) ? 1 : 0;
    return { kind: 'end', start, end: start, position: () => positionOf(text, start, extra) };
  }
  if (c === "'") return scanQuoted(text, start, 'string');
  if (c === '"') return scanQuoted(text, start, 'quoted');
  const word = matchAt(WORD, text, start);
  if (word !== undefined) return { kind: 'word', text: word, ...located(start + word.length) };
  const number = matchAt(NUMBER, text, start);
  if (number !== undefined) return scanNumber(text, start, number);
  if (c === '$') {
    const next = scanToken(text, start + 1);
    const isName = next.start === start + 1 && (next.kind === 'word' || next.kind === 'quoted');
    return { kind: 'parameter', text: isName ? next.text : '', ...located(isName ? next.end : start + 1) };
  }
  if (text.startsWith('/*', start)) return { kind: 'bad', text: 'ILLEGAL', ...located(text.length) };
  const symbol = LONG_FIRST.find((candidate) => text.startsWith(candidate, start));
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, ...located(start + symbol.length) };
  const [character = c] = text.slice(start, start + 2);
  return { kind: 'bad', text: character, ...located(start + character.length) };
}

/** InfluxDB counts the end once more where it looked for more of a word or for a regex; clients show these positions. */
function isReadPast(text: string, previous: Token | undefined): boolean {
  if (previous?.kind !== 'symbol') return previous?.kind === 'word';
  const isCall = previous.text === '(' && /[A-Za-z0-9_]/.test(text[previous.start - 1] ?? '');
  return isCall || ['.', '=~', '!~'].includes(previous.text);
}

function scanNumber(text: string, start: number, number: string): Token {
  const position = () => positionOf(text, start);
  const end = start + number.length;
  if (number.includes('.')) return { kind: 'number', text: number, start, end, position };
  const units = matchAt(UNITS, text, end);
  if (units === undefined) return { kind: 'integer', text: number, start, end, position };
  const whole = number + units;
  return { kind: 'duration', text: whole, ns: parseInfluxDuration(whole), start, end: end + units.length, position };
}

function scanQuoted(text: string, start: number, kind: 'string' | 'quoted'): Token {
  const quote = text[start];
  const position = () => positionBefore(text, start);
  let value = '';
  let runStart = start + 1;
  let i = start + 1;
  for (; i < text.length && text[i] !== '\n'; i++) {
    const c = text[i];
    if (c === quote) return { kind, text: value + text.slice(runStart, i), start, end: i + 1, position };
    if (c !== '\\') continue;
    const next = text[i + 1];
    const escaped = next === 'n' ? '\n' : next === '\\' || next === "'" || next === '"' ? next : undefined;
    if (escaped === undefined) {
      const at = i + 1;
      return { kind: 'bad', text: `\\${next ?? ''}`, start: i, end: i + 2, position: () => positionOf(text, at) };
    }
    value += text.slice(runStart, i) + escaped;
    i++;
    runStart = i + 1;
  }
  return { kind: 'bad', text: text.slice(start + 1, i), start, end: text.length, position };
}

/** The regex that opens at this `/`; only `\/` is an escape of ours, all else belongs to the expression. */
export function scanRegex(text: string, start: number): Token {
  const position = () => positionBefore(text, start);
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '\n') break;
    else if (text[i] === '/') {
      const source = text.slice(start + 1, i).replaceAll('\\/', '/');
      return { kind: 'regex', text: source, start, end: i + 1, position };
    }
  }
  return { kind: 'bad', text: text.slice(start), start, end: text.length, position };
}

/** InfluxDB places what is quoted one character early. */
function positionBefore(text: string, at: number): Position {
  return positionOf(text, Math.max(0, at - 1));
}

function positionOf(text: string, at: number, extra = 0): Position {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < at; i = text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, char: at - lineStart + 1 + extra };
}
