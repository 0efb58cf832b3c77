// Text to Node, by the grammar of RE2, which is InfluxDB's. What RE2 has not (back-references, look-around), this has not.

import { type CharSet, folded } from './char-set.ts';
import { Cursor } from './cursor.ts';
import { type Assertion, type Node, RegexError } from './node.ts';
import { parseCharacter, parseClass, parseSet } from './parse-class.ts';

type Flags = { readonly i: boolean; readonly m: boolean; readonly s: boolean };

/** RE2's own bounds. */
const REPEAT_MAX = 1_000;
const DEPTH_MAX = 100;

export function parseRegex(source: string): Node {
  const cursor = new Cursor(source);
  const node = parseChoice(cursor, { i: false, m: false, s: false }, 0);
  if (!cursor.isAtEnd()) throw new RegexError('unexpected )', source);
  return node;
}

function parseChoice(cursor: Cursor, flags: Flags, depth: number): Node {
  if (depth > DEPTH_MAX) throw new RegexError(`nested deeper than ${DEPTH_MAX}`, cursor.rest().slice(0, 20));
  const choice: Node[] = [];
  let sequence: Node[] = [];
  let current = flags;
  while (!cursor.isAtEnd() && cursor.peek() !== ')') {
    if (cursor.take('|')) {
      choice.push({ kind: 'sequence', items: sequence });
      sequence = [];
      continue;
    }
    const set = cursor.match(/\(\?([imsU]*(?:-[imsU]+)?)\)/y);
    if (set !== undefined) current = withFlags(current, set[1] ?? '');
    else sequence.push(...parseRepeated(cursor, current, depth));
  }
  const last: Node = { kind: 'sequence', items: sequence };
  return choice.length === 0 ? last : { kind: 'choice', items: [...choice, last] };
}

function withFlags(flags: Flags, text: string): Flags {
  const [on = '', off = ''] = text.split('-');
  const value = (flag: 'i' | 'm' | 's') => (flags[flag] || on.includes(flag)) && !off.includes(flag);
  return { i: value('i'), m: value('m'), s: value('s') };
}

const REPETITION = /([*+?]|\{(\d+)(,?)(\d*)\})\??/y;

function parseRepeated(cursor: Cursor, flags: Flags, depth: number): Node[] {
  const missing = cursor.match(REPETITION);
  if (missing !== undefined) throw new RegexError('missing argument to repetition operator', missing[0]);
  const quoted = cursor.match(/\\Q([\s\S]*?)(?:\\E|$)/y);
  if (quoted !== undefined) {
    return [...(quoted[1] ?? '')].map((c) => character(c.codePointAt(0) as number, flags));
  }
  const item = parseItem(cursor, flags, depth);
  const repetition = cursor.match(REPETITION);
  if (repetition === undefined) return [item];
  const nested = cursor.match(REPETITION);
  if (nested !== undefined) throw new RegexError('invalid nested repetition operator', repetition[0] + nested[0]);
  return [{ kind: 'repeat', item, ...countOf(repetition) }];
}

function countOf([text, op = '', from = '', comma, to]: RegExpExecArray): { min: number; max: number } {
  if (op === '*') return { min: 0, max: Number.POSITIVE_INFINITY };
  if (op === '+') return { min: 1, max: Number.POSITIVE_INFINITY };
  if (op === '?') return { min: 0, max: 1 };
  const min = Number(from);
  const max = comma === '' ? min : to === '' ? Number.POSITIVE_INFINITY : Number(to);
  const isTooMany = min > REPEAT_MAX || (max > REPEAT_MAX && max !== Number.POSITIVE_INFINITY);
  if (isTooMany || max < min) throw new RegexError('invalid repeat count', text);
  return { min, max };
}

function parseItem(cursor: Cursor, flags: Flags, depth: number): Node {
  const c = cursor.peek();
  if (c === '(') return parseGroup(cursor, flags, depth);
  if (c === '[') return { kind: 'set', set: parseClass(cursor, flags.i) };
  if (cursor.take('.')) return { kind: 'set', set: flags.s ? () => true : (code) => code !== 10 };
  const assertion = parseAssertion(cursor, flags);
  if (assertion !== undefined) return { kind: 'assert', assertion };
  const set = parseSet(cursor);
  if (set !== undefined) return { kind: 'set', set };
  return character(parseCharacter(cursor), flags);
}

function character(code: number, flags: Flags): Node {
  const set: CharSet = (other) => other === code;
  return { kind: 'set', set: flags.i ? folded(set) : set };
}

function parseAssertion(cursor: Cursor, flags: Flags): Assertion | undefined {
  if (cursor.take('^')) return flags.m ? 'line-start' : 'text-start';
  if (cursor.take('$')) return flags.m ? 'line-end' : 'text-end';
  if (cursor.take('\\A')) return 'text-start';
  if (cursor.take('\\z')) return 'text-end';
  if (cursor.take('\\b')) return 'word';
  return cursor.take('\\B') ? 'not-word' : undefined;
}

function parseGroup(cursor: Cursor, flags: Flags, depth: number): Node {
  const start = cursor.at;
  const open = cursor.match(/\((?:\?(?:P?<\w+>|([imsU]*(?:-[imsU]+)?):)|(?!\?))/y);
  if (open === undefined) throw new RegexError('invalid or unsupported Perl syntax', cursor.rest().slice(0, 3));
  const inner = parseChoice(cursor, withFlags(flags, open[1] ?? ''), depth + 1);
  if (!cursor.take(')')) throw new RegexError('missing closing )', cursor.since(start));
  return inner;
}
