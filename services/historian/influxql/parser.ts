// InfluxQL text to statements. Pure and hand-written: what is awkward in InfluxQL is lexical, and the errors are worded
// and placed as InfluxDB does it, because clients show them to people.

import type { Statement } from './ast.ts';
import { ParseError, unexpected } from './parse-error.ts';
import { parseAlter, parseCreate, parseDrop } from './parse-schema.ts';
import { parseSelect } from './parse-select.ts';
import { parseShow } from './parse-show.ts';
import { type Parameter, TokenReader } from './token-reader.ts';

export type ParsedQuery =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly error: string };

/** One row per word that a statement starts with. */
const STATEMENTS: { readonly [word: string]: (reader: TokenReader) => Statement } = {
  SELECT: parseSelect,
  SHOW: parseShow,
  CREATE: parseCreate,
  ALTER: parseAlter,
  DROP: parseDrop,
};

/** Every statement of a query, or the first thing that is wrong with it. */
export function parseQuery(text: string, parameters: ReadonlyMap<string, Parameter> = new Map()): ParsedQuery {
  const reader = new TokenReader(text, parameters);
  const statements: Statement[] = [];
  try {
    for (;;) {
      while (reader.takeSymbol(';'));
      if (reader.peek().kind === 'end') return { ok: true, statements };
      statements.push(parseStatement(reader));
      if (reader.peek().kind !== 'end' && !reader.isSymbol(';')) throw unexpected(reader.peek(), ';, EOF');
    }
  } catch (error) {
    if (error instanceof ParseError) return { ok: false, error: `error parsing query: ${error.message}` };
    throw error;
  }
}

function parseStatement(reader: TokenReader): Statement {
  for (const [word, parse] of Object.entries(STATEMENTS)) if (reader.isKeyword(word)) return parse(reader);
  throw unexpected(reader.peek(), Object.keys(STATEMENTS).join(', '));
}
