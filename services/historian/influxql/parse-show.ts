// SHOW …: what clients ask to learn what is stored, and what the server does.

import type { KeyFilter, Scope, Statement } from './ast.ts';
import { parseCardinality, takeCardinality } from './parse-cardinality.ts';
import { parseKeyFilter, parseMeasurementFilter, parseOn, parseScope, parseSources } from './parse-scope.ts';
import { parseOrderBy, parsePaging, parseWhere } from './parse-select.ts';
import { parseShowGrants } from './parse-user.ts';
import { refusing, type TokenReader, takeChoice } from './token-reader.ts';

type Production = (reader: TokenReader) => Statement;

/** One row per word after SHOW, in the order in which InfluxDB lists them. */
const SHOWS: { readonly [word: string]: Production } = {
  CONTINUOUS: (reader) => {
    reader.expectKeyword('QUERIES');
    return { kind: 'show-continuous-queries' };
  },
  DATABASES: () => ({ kind: 'show-databases' }),
  DIAGNOSTICS: (reader) => ({ kind: 'show-diagnostics', module: parseModule(reader) }),
  FIELD: (reader) => takeChoice(reader, FIELDS)(reader),
  GRANTS: parseShowGrants,
  MEASUREMENT: (reader) => parseCardinality(reader, 'measurement'),
  MEASUREMENTS: parseMeasurements,
  QUERIES: () => ({ kind: 'show-queries' }),
  RETENTION: (reader) => {
    reader.expectKeyword('POLICIES');
    return { kind: 'show-policies', database: parseOn(reader) };
  },
  SERIES: parseSeries,
  SHARD: refusing('SHOW SHARD GROUPS is not supported'),
  SHARDS: refusing('SHOW SHARDS is not supported'),
  STATS: (reader) => ({ kind: 'show-stats', module: parseModule(reader) }),
  SUBSCRIPTIONS: () => ({ kind: 'show-subscriptions' }),
  TAG: (reader) => takeChoice(reader, TAGS)(reader),
  USERS: () => ({ kind: 'user-list' }),
};

const FIELDS: { readonly [word: string]: Production } = {
  KEY: (reader) => parseCardinality(reader, 'field-key'),
  KEYS: (reader) => {
    const database = parseOn(reader);
    const sources = parseSources(reader);
    parseOrderBy(reader);
    return { kind: 'show-field-keys', database, sources, where: undefined, ...parsePaging(reader) };
  },
};

const TAGS: { readonly [word: string]: Production } = {
  KEY: (reader) => parseCardinality(reader, 'tag-key'),
  KEYS: (reader) => {
    const scope = parseScope(reader);
    // InfluxDB reads these here, and they change nothing.
    if (reader.takeKeyword('SLIMIT')) reader.expectInteger();
    if (reader.takeKeyword('SOFFSET')) reader.expectInteger();
    return { kind: 'show-tag-keys', ...scope };
  },
  VALUES: parseTagValues,
};

export function parseShow(reader: TokenReader): Statement {
  reader.expectKeyword('SHOW');
  return takeChoice(reader, SHOWS)(reader);
}

function parseModule(reader: TokenReader): string | undefined {
  return reader.takeKeyword('FOR') ? reader.expectString() : undefined;
}

function parseMeasurements(reader: TokenReader): Statement {
  const database = parseOn(reader);
  let names: KeyFilter | undefined;
  if (reader.takeKeyword('WITH')) {
    reader.expectKeyword('MEASUREMENT');
    names = parseMeasurementFilter(reader);
  }
  const where = parseWhere(reader);
  parseOrderBy(reader);
  return { kind: 'show-measurements', database, sources: [], names, where, ...parsePaging(reader) };
}

function parseSeries(reader: TokenReader): Statement {
  const exactness = takeCardinality(reader);
  if (exactness !== undefined) return parseCardinality(reader, 'series', exactness);
  return { kind: 'show-series', ...parseScope(reader) };
}

function parseTagValues(reader: TokenReader): Statement {
  const exactness = takeCardinality(reader);
  if (exactness !== undefined) return parseCardinality(reader, 'tag-values', exactness);
  const database = parseOn(reader);
  const sources = parseSources(reader);
  const keys = parseKeyFilter(reader);
  const where = parseWhere(reader);
  parseOrderBy(reader);
  const scope: Scope = { database, sources, where, ...parsePaging(reader) };
  return { kind: 'show-tag-values', keys, ...scope };
}
