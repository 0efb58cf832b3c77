// InfluxQL text to tokens, on demand: whether `/` divides or opens a regex only the parser knows, so it asks for a regex
// where the grammar has one (scanRegex). Never throws: what is no token comes out as `bad`, and the parser says so.

import { parseInfluxDuration } from './duration.ts';
import { type Mark, type Position, SYMBOLS, type Token } from './token.ts';

const LONG_FIRST = [...SYMBOLS].sort((a, b) => b.length - a.length);
const BLANK = /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /\d+\.\d*|\.\d+|\d+/y;
const DURATION_TAIL = /(?:ns|ms|u|µ|s|m|h|d|w)(?:\d+(?:ns|ms|u|µ|s|m|h|d|w))*/y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The token that starts at or after `from`. */
export function scanToken(text: string, from: number): Token {
  const start = from + (matchAt(BLANK, text, from)?.length ?? 0);
  const located = (end: number) => ({ start, end, position: positionOf(text, start) });
  const c = text[start];
  if (c === undefined) return { kind: 'end', ...located(start) };
  if (c === "'") return scanQuoted(text, start, 'string');
  if (c === '"') return scanQuoted(text, start, 'quoted');
  const word = matchAt(WORD, text, start);
  if (word !== undefined) return { kind: 'word', text: word, ...located(start + word.length) };
  const number = matchAt(NUMBER, text, start);
  if (number !== undefined) return scanNumber(text, start, number);
  if (c === '$') {
    const next = scanToken(text, start + 1);
    if (next.start === start + 1 && (next.kind === 'word' || next.kind === 'quoted')) {
      return { kind: 'parameter', text: next.text, ...located(next.end) };
    }
  }
  const symbol: Mark | undefined = LONG_FIRST.find((candidate) => text.startsWith(candidate, start));
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, ...located(start + symbol.length) };
  return { kind: 'bad', text: c, ...located(start + 1) };
}

function scanNumber(text: string, start: number, number: string): Token {
  const end = start + number.length;
  const position = positionOf(text, start);
  if (number.includes('.')) return { kind: 'number', text: number, start, end, position };
  const tail = matchAt(DURATION_TAIL, text, end);
  if (tail === undefined) return { kind: 'integer', text: number, start, end, position };
  const whole = number + tail;
  const ns = parseInfluxDuration(whole);
  if (ns === undefined) return { kind: 'bad', text: whole, start, end: end + tail.length, position };
  return { kind: 'duration', text: whole, ns, start, end: end + tail.length, position };
}

function scanQuoted(text: string, start: number, kind: 'string' | 'quoted'): Token {
  const quote = text[start];
  const position = positionOf(text, start);
  let value = '';
  let runStart = start + 1;
  for (let i = start + 1; i < text.length; i++) {
    const c = text[i];
    if (c === quote) return { kind, text: value + text.slice(runStart, i), start, end: i + 1, position };
    if (c === '\n') break;
    if (c !== '\\') continue;
    const next = text[i + 1];
    const escaped = next === 'n' ? '\n' : next === '\\' || next === "'" || next === '"' ? next : undefined;
    if (escaped === undefined) return { kind: 'bad', text: `\\${next ?? ''}`, start: i, end: i + 2, position };
    value += text.slice(runStart, i) + escaped;
    i++;
    runStart = i + 1;
  }
  return { kind: 'bad', text: text.slice(start + 1), start, end: text.length, position };
}

/** The regex that opens at this `/`; only `\/` is an escape of ours, all else belongs to the expression. */
export function scanRegex(text: string, start: number): Token {
  const position = positionOf(text, start);
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

function positionOf(text: string, at: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < at; i = text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  // InfluxDB's reader counts the end of the text once more where a bare word runs into it; clients show these positions.
  const isEndAfterWord = at === text.length && at > lineStart && /[A-Za-z_]/.test(text[at - 1] as string);
  return { line, char: at - lineStart + (isEndAfterWord ? 2 : 1) };
}
