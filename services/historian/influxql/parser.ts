// InfluxQL text to statements. Pure and hand-written: what is awkward in InfluxQL is lexical, and the errors are worded
// and placed as InfluxDB does it, because clients show them to people.

import type { Statement } from './ast.ts';
import { parseDelete } from './parse-delete.ts';
import { ParseError, unexpected } from './parse-error.ts';
import { parseAlter, parseCreate, parseDrop } from './parse-schema.ts';
import { parseSelect } from './parse-select.ts';
import { parseShow } from './parse-show.ts';
import { parseGrant, parseRevoke, parseSetPassword } from './parse-user.ts';
import { type Parameter, refusing, TokenReader } from './token-reader.ts';

/** A statement, and how it was written. */
export type ParsedStatement = Statement & { readonly text: string };

export type ParsedQuery =
  | { readonly ok: true; readonly statements: readonly ParsedStatement[] }
  | { readonly ok: false; readonly error: string };

type Production = (reader: TokenReader) => Statement;

/** One row per word that a statement starts with, in the order in which InfluxDB lists them. */
const STATEMENTS: { readonly [word: string]: Production } = {
  SELECT: parseSelect,
  DELETE: parseDelete,
  SHOW: parseShow,
  CREATE: parseCreate,
  DROP: parseDrop,
  EXPLAIN: refusing(
    "EXPLAIN is not supported: it is about InfluxDB's shards and files, which this store does not have",
  ),
  GRANT: parseGrant,
  REVOKE: parseRevoke,
  ALTER: parseAlter,
  SET: parseSetPassword,
  KILL: parseKill,
};

/** Some hundred times what a dashboard sends with every device of a plant in it, and read within a tenth of a second. */
const QUERY_CHARS_MAX = 1_000_000;

/** Every statement of a query, or the first thing that is wrong with it. */
export function parseQuery(text: string, parameters: ReadonlyMap<string, Parameter> = new Map()): ParsedQuery {
  if (text.length > QUERY_CHARS_MAX) {
    return { ok: false, error: `error parsing query: it has ${text.length} characters, of at most ${QUERY_CHARS_MAX}` };
  }
  const reader = new TokenReader(text, parameters);
  const statements: ParsedStatement[] = [];
  try {
    for (;;) {
      while (reader.takeSymbol(';'));
      if (reader.peek().kind === 'end') return { ok: true, statements };
      statements.push(parseStatement(reader));
      if (reader.peek().kind !== 'end' && !reader.isSymbol(';')) throw unexpected(reader.peek(), ';');
    }
  } catch (error) {
    if (error instanceof ParseError) return { ok: false, error: `error parsing query: ${error.message}` };
    throw error;
  }
}

function parseStatement(reader: TokenReader): ParsedStatement {
  const first = reader.peek();
  const [word = ''] = Object.keys(STATEMENTS).filter((candidate) => reader.isKeyword(candidate));
  const parse = STATEMENTS[word];
  if (parse === undefined) throw unexpected(first, Object.keys(STATEMENTS).join(', '));
  const statement = parse(reader);
  const text = reader.since(first.start);
  const refusal = reader.takeRefusal();
  return refusal === undefined ? { ...statement, text } : { kind: 'refused', problem: refusal, text };
}

function parseKill(reader: TokenReader): Statement {
  reader.expectKeyword('KILL');
  reader.expectKeyword('QUERY');
  const id = reader.expectInteger();
  if (reader.takeKeyword('ON')) reader.expectIdentifier();
  return { kind: 'kill-query', id };
}
