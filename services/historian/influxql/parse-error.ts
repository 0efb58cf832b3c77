// What stops the parser, in InfluxDB's words; parseQuery turns it into a value.

import { formatToken, type Token } from './token.ts';

export class ParseError extends Error {}

/** `found X, expected A, B at line 1, char 9` */
export function unexpected(token: Token, expected: string): ParseError {
  const { line, char } = token.position;
  return new ParseError(`found ${formatToken(token)}, expected ${expected} at line ${line}, char ${char}`);
}

export function problemAt(token: Token, problem: string): ParseError {
  return new ParseError(`${problem} at line ${token.position.line}, char ${token.position.char}`);
}
