// SHOW …: what clients ask to learn what is stored.

import type { KeyFilter, Scope, Statement } from './ast.ts';
import { unexpected } from './parse-error.ts';
import { list, parseMeasurement, parsePaging, parseWhere } from './parse-select.ts';
import type { TokenReader } from './token-reader.ts';

/** One row per word after SHOW. */
const SHOWS: { readonly [word: string]: (reader: TokenReader) => Statement } = {
  DATABASES: () => ({ kind: 'show-databases' }),
  FIELD: (reader) => {
    reader.expectKeyword('KEYS');
    return { kind: 'show-field-keys', ...parseScope(reader) };
  },
  MEASUREMENT: (reader) => {
    reader.expectKeyword('CARDINALITY');
    return { kind: 'show-cardinality', of: 'measurement', database: parseOn(reader) };
  },
  MEASUREMENTS: parseMeasurements,
  RETENTION: (reader) => {
    reader.expectKeyword('POLICIES');
    return { kind: 'show-policies', database: parseOn(reader) };
  },
  SERIES: (reader) =>
    reader.takeKeyword('CARDINALITY')
      ? { kind: 'show-cardinality', of: 'series', database: parseOn(reader) }
      : { kind: 'show-series', ...parseScope(reader) },
  TAG: parseTag,
};

export function parseShow(reader: TokenReader): Statement {
  reader.expectKeyword('SHOW');
  for (const [word, parse] of Object.entries(SHOWS)) if (reader.takeKeyword(word)) return parse(reader);
  throw unexpected(reader.peek(), Object.keys(SHOWS).join(', '));
}

function parseOn(reader: TokenReader): string | undefined {
  return reader.takeKeyword('ON') ? reader.expectIdentifier() : undefined;
}

function parseFrom(reader: TokenReader) {
  return reader.takeKeyword('FROM') ? list(reader, parseMeasurement) : [];
}

function parseScope(reader: TokenReader): Scope {
  const database = parseOn(reader);
  const sources = parseFrom(reader);
  return { database, sources, where: parseWhere(reader), ...parsePaging(reader) };
}

function parseMeasurements(reader: TokenReader): Statement {
  const database = parseOn(reader);
  let names: KeyFilter | undefined;
  if (reader.takeKeyword('WITH')) {
    reader.expectKeyword('MEASUREMENT');
    names = parseKeyFilter(reader);
  }
  const where = parseWhere(reader);
  return { kind: 'show-measurements', database, sources: [], names, where, ...parsePaging(reader) };
}

function parseTag(reader: TokenReader): Statement {
  if (reader.takeKeyword('KEYS')) return { kind: 'show-tag-keys', ...parseScope(reader) };
  if (!reader.takeKeyword('VALUES')) throw unexpected(reader.peek(), 'KEYS, VALUES');
  const database = parseOn(reader);
  const sources = parseFrom(reader);
  reader.expectKeyword('WITH');
  reader.expectKeyword('KEY');
  const keys = parseKeyFilter(reader);
  return { kind: 'show-tag-values', database, sources, keys, where: parseWhere(reader), ...parsePaging(reader) };
}

function parseKeyFilter(reader: TokenReader): KeyFilter {
  if (reader.takeSymbol('=')) return { kind: 'in', keys: [reader.expectIdentifier()] };
  if (reader.takeSymbol('!=')) return { kind: 'not', key: reader.expectIdentifier() };
  if (reader.takeSymbol('=~')) return { kind: 'matching', matcher: reader.expectRegex(), negated: false };
  if (reader.takeSymbol('!~')) return { kind: 'matching', matcher: reader.expectRegex(), negated: true };
  if (!reader.takeKeyword('IN')) throw unexpected(reader.peek(), 'IN, =, !=, =~, !~');
  reader.expectSymbol('(');
  const keys = list(reader, () => reader.expectIdentifier());
  reader.expectSymbol(')');
  return { kind: 'in', keys };
}
