// `[…]`, and what a backslash means inside and outside of it.

import { anyOf, type CharSet, folded, inRanges, not, PERL, POSIX, unicode } from './char-set.ts';
import type { Cursor } from './cursor.ts';
import { RegexError } from './node.ts';

export function parseClass(cursor: Cursor, isFolded: boolean): CharSet {
  const start = cursor.at;
  cursor.expect('[');
  const isNegated = cursor.take('^');
  const sets: CharSet[] = [];
  for (let isFirst = true; isFirst || cursor.peek() !== ']'; isFirst = false) {
    if (cursor.isAtEnd()) throw new RegexError('missing closing ]', cursor.since(start));
    sets.push(parsePosix(cursor) ?? parseSet(cursor) ?? parseRange(cursor));
  }
  cursor.expect(']');
  const set = isFolded ? folded(anyOf(sets)) : anyOf(sets);
  return isNegated ? not(set) : set;
}

function parsePosix(cursor: Cursor): CharSet | undefined {
  const match = cursor.match(/\[:(\^?)([a-z]+):\]/y);
  if (match === undefined) return undefined;
  const [text, negation, name = ''] = match;
  const ranges = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined;
  if (ranges === undefined) throw new RegexError('invalid character class range', text);
  return negation === '^' ? not(inRanges(ranges)) : inRanges(ranges);
}

/** `\d`, `\pL`, `\P{Greek}` */
export function parseSet(cursor: Cursor): CharSet | undefined {
  const perl = cursor.match(/\\([dswDSW])/y)?.[1];
  if (perl !== undefined) {
    const set = inRanges(PERL[perl.toLowerCase()] ?? []);
    return perl === perl.toLowerCase() ? set : not(set);
  }
  const property = cursor.match(/\\([pP])(?:\{(\^?)([^}]*)\}|([A-Za-z]))/y);
  if (property === undefined) return undefined;
  const [text, letter, negation, name, short] = property;
  const set = unicode(name ?? short ?? '');
  if (set === undefined) throw new RegexError('invalid character class range', text);
  return (letter === 'P') !== (negation === '^') ? not(set) : set;
}

function parseRange(cursor: Cursor): CharSet {
  const start = cursor.at;
  const from = parseCharacter(cursor);
  if (cursor.match(/-(?!\])/y) === undefined) return (c) => c === from;
  if (cursor.isAtEnd()) throw new RegexError('missing closing ]', cursor.since(start));
  const to = parseCharacter(cursor);
  if (to < from) throw new RegexError('invalid character class range', cursor.since(start));
  return (c) => c >= from && c <= to;
}

const CONTROLS: { readonly [letter: string]: number } = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** One character, escaped or not. */
export function parseCharacter(cursor: Cursor): number {
  const start = cursor.at;
  if (!cursor.take('\\')) return cursor.next();
  if (cursor.isAtEnd()) throw new RegexError('trailing backslash at end of expression', '');
  const hex = cursor.match(/x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/y);
  const value = Number.parseInt(hex?.[1] ?? hex?.[2] ?? 'ffffffff', 16);
  if (hex !== undefined && value <= 0x10ffff) return value;
  const octal = cursor.match(/0[0-7]{0,2}|[1-7][0-7]{1,2}/y);
  if (octal !== undefined) return Number.parseInt(octal[0], 8);
  const c = String.fromCodePoint(cursor.next());
  const control = Object.hasOwn(CONTROLS, c) ? CONTROLS[c] : undefined;
  if (control !== undefined) return control;
  if (/[A-Za-z0-9]/.test(c) || c > '\x7f') throw new RegexError('invalid escape sequence', cursor.since(start));
  return c.codePointAt(0) as number;
}
