// SELECT: fields, sources, condition, dimensions, fill, order, paging, time zone, in the order that InfluxQL fixes.

import type { Dimension, Expr, Field, Fill, Measurement, Paging, Select, Source } from './ast.ts';
import { parseDimension, refuseDimensions } from './parse-dimension.ts';
import { problem, problemAt } from './parse-error.ts';
import { parseExpression } from './parse-expression.ts';
import { formatIdentifier } from './token.ts';
import { list, type TokenReader } from './token-reader.ts';

const SUBQUERY_DEPTH_MAX = 10;

export function parseSelect(reader: TokenReader, depth = 0): Select {
  if (depth > SUBQUERY_DEPTH_MAX)
    throw problemAt(reader.peek(), `queries are nested deeper than ${SUBQUERY_DEPTH_MAX}`);
  reader.expectKeyword('SELECT');
  const fields = list(reader, parseField);
  if (reader.isKeyword('INTO')) {
    throw problemAt(reader.peek(), 'SELECT … INTO is not supported: roll-ups come from the pipeline');
  }
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
    if (!reader.takeSymbol('.')) return measurement(parts, name);
    parts.push(name);
    if (parts.length > 2) throw tooManySegments(reader, parts);
  }
}

function tooManySegments(reader: TokenReader, parts: readonly string[]) {
  const segments = parts.map((part) => `"${part}"`).join('.');
  return problem(`too many segments in ${segments}.${formatIdentifier(reader.expectIdentifier())} at line 1, char 1`);
}

function measurement(parts: readonly string[], name: Measurement['name']): Measurement {
  const [policy, database] = parts.length === 2 ? [parts[1], parts[0]] : [parts[0], undefined];
  return { kind: 'measurement', database, policy: policy === '' ? undefined : policy, name };
}

export function parseWhere(reader: TokenReader): Expr | undefined {
  return reader.takeKeyword('WHERE') ? parseExpression(reader) : undefined;
}

export function parseGroupBy(reader: TokenReader): Dimension[] {
  if (!reader.takeKeyword('GROUP')) return [];
  reader.expectKeyword('BY');
  const dimensions = list(reader, parseDimension);
  refuseDimensions(reader, dimensions);
  return dimensions.filter((dimension) => dimension !== undefined);
}

const FILLS = ['null', 'none', 'previous', 'linear'] as const;

function parseFill(reader: TokenReader): Fill {
  if (!reader.isKeyword('FILL')) return { kind: 'null' };
  const call = parseExpression(reader);
  if (call.kind !== 'call') throw problem('fill must be a function call');
  const [option] = call.args;
  if (option === undefined || call.args.length > 1) {
    throw problem('fill requires an argument, e.g.: 0, null, none, previous, linear');
  }
  const kind = option.kind === 'ref' ? FILLS.find((name) => name === option.name.toLowerCase()) : undefined;
  if (kind !== undefined) return { kind };
  if (option.kind === 'integer' || option.kind === 'number') return { kind: 'value', value: Number(option.value) };
  throw problem('expected number argument in fill()');
}

/** True where the newest comes first. */
export function parseOrderBy(reader: TokenReader): boolean {
  if (!reader.takeKeyword('ORDER')) return false;
  reader.expectKeyword('BY');
  if (!reader.isKeyword('ASC') && !reader.isKeyword('DESC')) {
    if (reader.expectIdentifier('identifier, ASC, DESC') !== 'time') throw problem(ORDER);
  }
  const descending = reader.takeKeyword('DESC');
  if (!descending) reader.takeKeyword('ASC');
  if (reader.isSymbol(',')) throw problem(ORDER);
  return descending;
}

const ORDER = 'only ORDER BY time supported at this time';

export function parsePaging(reader: TokenReader): Paging {
  const limit = reader.takeKeyword('LIMIT') ? reader.expectInteger() : 0;
  const offset = reader.takeKeyword('OFFSET') ? reader.expectInteger() : 0;
  return { limit: limit === 0 ? undefined : limit, offset };
}

function parseZone(reader: TokenReader): string | undefined {
  if (!reader.isKeyword('TZ')) return undefined;
  const call = parseExpression(reader);
  if (call.kind !== 'call') throw problem('tz must be a function call');
  const [name] = call.args;
  if (call.args.length !== 1 || name === undefined) throw problem('tz requires exactly one argument');
  if (name.kind !== 'string') throw problem('expected string argument in tz()');
  try {
    new Intl.DateTimeFormat('en', { timeZone: name.value });
  } catch {
    throw problem(`unable to find time zone ${name.value}`);
  }
  return name.value;
}
