// What SHOW statements share: ON, FROM, WITH KEY, WHERE and the rest.

import type { KeyFilter, Measurement, Scope } from './ast.ts';
import { unexpected } from './parse-error.ts';
import { parseMeasurement, parseOrderBy, parsePaging, parseWhere } from './parse-select.ts';
import { list, type TokenReader } from './token-reader.ts';

export function parseOn(reader: TokenReader): string | undefined {
  return reader.takeKeyword('ON') ? reader.expectIdentifier() : undefined;
}

export function parseSources(reader: TokenReader): Measurement[] {
  return reader.takeKeyword('FROM') ? list(reader, parseMeasurement) : [];
}

export function parseScope(reader: TokenReader): Scope {
  const database = parseOn(reader);
  const sources = parseSources(reader);
  const where = parseWhere(reader);
  parseOrderBy(reader);
  return { database, sources, where, ...parsePaging(reader) };
}

/** `WITH KEY = k`, `!= k`, `=~ /k/`, `!~ /k/`, `IN (k, …)` */
export function parseKeyFilter(reader: TokenReader): KeyFilter {
  reader.expectKeyword('WITH');
  reader.expectKeyword('KEY');
  if (reader.takeSymbol('=')) return { kind: 'in', keys: [reader.expectIdentifier()] };
  if (reader.takeSymbol('!=')) return { kind: 'not', key: reader.expectIdentifier() };
  if (reader.takeSymbol('=~')) return { kind: 'matching', matcher: reader.expectRegex(), negated: false };
  if (reader.takeSymbol('!~')) return { kind: 'matching', matcher: reader.expectRegex(), negated: true };
  if (!reader.takeKeyword('IN')) throw unexpected(reader.peek(), 'IN, =, =~');
  reader.expectSymbol('(');
  const keys = list(reader, () => reader.expectIdentifier());
  reader.expectSymbol(')');
  return { kind: 'in', keys };
}

/** `= m` (of whatever database and policy), `=~ /m/` */
export function parseMeasurementFilter(reader: TokenReader): KeyFilter {
  if (reader.takeSymbol('=~')) return { kind: 'matching', matcher: reader.expectRegex(), negated: false };
  if (!reader.takeSymbol('=')) throw unexpected(reader.peek(), '=, =~');
  const { name } = parseMeasurement(reader);
  return typeof name === 'string' ? { kind: 'in', keys: [name] } : { kind: 'matching', ...name, negated: false };
}
