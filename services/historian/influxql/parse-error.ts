// What stops the parser, in InfluxDB's words; parseQuery turns it into a value.

import { shorten } from './shorten.ts';
import { formatToken, type Token } from './token.ts';

/** A token is recognised by its beginning; a regex with what is wrong with it is a sentence. */
const TOKEN_CHARS_MAX = 80;
const PROBLEM_CHARS_MAX = 500;

export class ParseError extends Error {}

/** `found X, expected A, B at line 1, char 9` */
export function unexpected(token: Token, expected: string): ParseError {
  const { line, char } = token.position();
  const found = shorten(formatToken(token), TOKEN_CHARS_MAX);
  return new ParseError(`found ${found}, expected ${expected} at line ${line}, char ${char}`);
}

export function problemAt(token: Token, problem: string): ParseError {
  const { line, char } = token.position();
  return new ParseError(`${shorten(problem, PROBLEM_CHARS_MAX)} at line ${line}, char ${char}`);
}

/** What InfluxDB says without a place. */
export function problem(text: string): ParseError {
  return new ParseError(shorten(text, PROBLEM_CHARS_MAX));
}
