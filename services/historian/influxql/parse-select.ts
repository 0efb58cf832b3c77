// SELECT: fields, sources, condition, dimensions, fill, order, paging, time zone, in the order that InfluxQL fixes.

import type { Dimension, Expr, Field, Fill, Measurement, Paging, Select, Source } from './ast.ts';
import { problemAt, unexpected } from './parse-error.ts';
import { parseExpression } from './parse-expression.ts';
import type { TokenReader } from './token-reader.ts';

const SUBQUERY_DEPTH_MAX = 10;

export function parseSelect(reader: TokenReader, depth = 0): Select {
  if (depth > SUBQUERY_DEPTH_MAX)
    throw problemAt(reader.peek(), `queries are nested deeper than ${SUBQUERY_DEPTH_MAX}`);
  reader.expectKeyword('SELECT');
  const fields = list(reader, parseField);
  reader.expectKeyword('FROM');
  const sources = list(reader, () => parseSource(reader, depth));
  const where = parseWhere(reader);
  const dimensions = parseGroupBy(reader);
  const fill = parseFill(reader);
  const descending = parseOrderBy(reader);
  const paging = parsePaging(reader);
  const seriesLimit = reader.takeKeyword('SLIMIT') ? reader.expectInteger() : undefined;
  const seriesOffset = reader.takeKeyword('SOFFSET') ? reader.expectInteger() : 0;
  const zone = parseZone(reader);
  return {
    kind: 'select',
    fields,
    sources,
    where,
    dimensions,
    fill,
    descending,
    ...paging,
    seriesLimit,
    seriesOffset,
    zone,
  };
}

export function list<T>(reader: TokenReader, parse: (reader: TokenReader) => T): T[] {
  const items = [parse(reader)];
  while (reader.takeSymbol(',')) items.push(parse(reader));
  return items;
}

function parseField(reader: TokenReader): Field {
  const expr = parseExpression(reader);
  return { expr, alias: reader.takeKeyword('AS') ? reader.expectIdentifier() : undefined };
}

function parseSource(reader: TokenReader, depth: number): Source {
  if (!reader.takeSymbol('(')) return parseMeasurement(reader);
  const select = parseSelect(reader, depth + 1);
  reader.expectSymbol(')');
  return { kind: 'subquery', select };
}

/** `m`, `rp.m`, `db.rp.m`, `db..m`, each with a regex in place of `m`. */
export function parseMeasurement(reader: TokenReader): Measurement {
  const parts: string[] = [];
  for (;;) {
    if (reader.isRegex()) return measurement(parts, { matcher: reader.takeRegex() });
    if (parts.length === 1 && reader.takeSymbol('.')) {
      parts.push('');
      continue;
    }
    const name = reader.expectIdentifier();
    if (parts.length === 2 || !reader.takeSymbol('.')) return measurement(parts, name);
    parts.push(name);
  }
}

function measurement(parts: readonly string[], name: Measurement['name']): Measurement {
  const [policy, database] = parts.length === 2 ? [parts[1], parts[0]] : [parts[0], undefined];
  return { kind: 'measurement', database, policy: policy === '' ? undefined : policy, name };
}

export function parseWhere(reader: TokenReader): Expr | undefined {
  return reader.takeKeyword('WHERE') ? parseExpression(reader) : undefined;
}

function parseGroupBy(reader: TokenReader): Dimension[] {
  if (!reader.takeKeyword('GROUP')) return [];
  reader.expectKeyword('BY');
  const dimensions = list(reader, parseDimension);
  if (dimensions.filter(({ kind }) => kind === 'time').length > 1) {
    throw problemAt(reader.peek(), 'multiple time dimensions not allowed');
  }
  return dimensions;
}

function parseDimension(reader: TokenReader): Dimension {
  if (reader.isRegex()) return { kind: 'matching', matcher: reader.takeRegex() };
  if (reader.takeSymbol('*')) {
    if (reader.takeSymbol('::')) reader.expectKeyword('TAG');
    return { kind: 'all' };
  }
  const token = reader.peek();
  const name = reader.expectIdentifier();
  if (token.kind === 'word' && name.toLowerCase() === 'time' && reader.takeSymbol('(')) return parseTime(reader);
  if (reader.takeSymbol('::')) reader.expectKeyword('TAG');
  return { kind: 'tag', name };
}

function parseTime(reader: TokenReader): Dimension {
  const token = reader.peek();
  if (token.kind !== 'duration') throw problemAt(token, 'time dimension must have duration argument');
  const intervalNs = reader.expectDuration();
  const offset = reader.takeSymbol(',') ? parseExpression(reader) : undefined;
  reader.expectSymbol(')');
  return { kind: 'time', intervalNs, offset };
}

function parseFill(reader: TokenReader): Fill {
  if (!reader.takeKeyword('FILL')) return { kind: 'null' };
  reader.expectSymbol('(');
  const option = reader.peek();
  const fill = parseFillOption(reader);
  if (fill === undefined) throw problemAt(option, 'fill() takes null, none, previous, linear or a number, found');
  reader.expectSymbol(')');
  return fill;
}

function parseFillOption(reader: TokenReader): Fill | undefined {
  for (const kind of ['null', 'none', 'previous', 'linear'] as const) {
    if (reader.takeKeyword(kind.toUpperCase())) return { kind };
  }
  const value = parseExpression(reader);
  return value.kind === 'integer' || value.kind === 'number'
    ? { kind: 'value', value: Number(value.value) }
    : undefined;
}

/** True where the newest comes first. */
function parseOrderBy(reader: TokenReader): boolean {
  if (!reader.takeKeyword('ORDER')) return false;
  reader.expectKeyword('BY');
  if (!reader.isKeyword('ASC') && !reader.isKeyword('DESC')) {
    const token = reader.peek();
    if (reader.expectIdentifier() !== 'time') throw problemAt(token, 'only ORDER BY time supported at this time');
  }
  if (reader.takeKeyword('DESC')) return true;
  reader.takeKeyword('ASC');
  return false;
}

export function parsePaging(reader: TokenReader): Paging {
  const limit = reader.takeKeyword('LIMIT') ? reader.expectInteger() : 0;
  const offset = reader.takeKeyword('OFFSET') ? reader.expectInteger() : 0;
  return { limit: limit === 0 ? undefined : limit, offset };
}

function parseZone(reader: TokenReader): string | undefined {
  if (!reader.takeKeyword('TZ')) return undefined;
  reader.expectSymbol('(');
  const token = reader.take();
  if (token.kind !== 'string') throw unexpected(token, 'string');
  reader.expectSymbol(')');
  try {
    new Intl.DateTimeFormat('en', { timeZone: token.text });
  } catch {
    throw problemAt(token, `unable to find time zone ${token.text}`);
  }
  return token.text;
}
