// SHOW … [EXACT] CARDINALITY: how many there are.

import type { COUNTED, Statement } from './ast.ts';
import { unexpected } from './parse-error.ts';
import { parseKeyFilter, parseOn, parseSources } from './parse-scope.ts';
import { parseGroupBy, parsePaging, parseWhere } from './parse-select.ts';
import type { TokenReader } from './token-reader.ts';

export type Exactness = 'exact' | 'estimated';

/** Undefined where the statement is none of these. */
export function takeCardinality(reader: TokenReader): Exactness | undefined {
  if (reader.takeKeyword('CARDINALITY')) return 'estimated';
  if (!reader.takeKeyword('EXACT')) return undefined;
  reader.expectKeyword('CARDINALITY');
  return 'exact';
}

export function parseCardinality(
  reader: TokenReader,
  of: (typeof COUNTED)[number],
  exactness = takeCardinality(reader),
): Statement {
  if (exactness === undefined) throw unexpected(reader.peek(), 'EXACT, CARDINALITY');
  const database = parseOn(reader);
  const sources = parseSources(reader);
  const keys = of === 'tag-values' ? parseKeyFilter(reader) : undefined;
  const where = parseWhere(reader);
  const dimensions = parseGroupBy(reader);
  const scope = { database, sources, where, ...parsePaging(reader) };
  return { kind: 'show-cardinality', of, isExact: exactness === 'exact', keys, dimensions, ...scope };
}
