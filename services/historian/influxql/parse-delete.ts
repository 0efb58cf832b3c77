// DELETE and DROP SERIES: over all retention policies of the request's database, so a FROM names measurements only.

import type { Measurement, Statement, Victims } from './ast.ts';
import { problem, unexpected } from './parse-error.ts';
import { parseMeasurement, parseWhere } from './parse-select.ts';
import { list, type TokenReader } from './token-reader.ts';

export function parseDelete(reader: TokenReader): Statement {
  reader.expectKeyword('DELETE');
  return { kind: 'delete', ...parseVictims(reader) };
}

export function parseDropSeries(reader: TokenReader): Statement {
  return { kind: 'drop-series', ...parseVictims(reader) };
}

function parseVictims(reader: TokenReader): Victims {
  if (!reader.isKeyword('FROM') && !reader.isKeyword('WHERE')) throw unexpected(reader.peek(), 'FROM, WHERE');
  const sources = reader.takeKeyword('FROM') ? list(reader, parseUnqualified) : [];
  return { sources, where: parseWhere(reader) };
}

function parseUnqualified(reader: TokenReader): Measurement {
  const measurement = parseMeasurement(reader);
  if (measurement.policy !== undefined) throw problem('retention policy not supported at line 1, char 1');
  if (measurement.database !== undefined) throw problem('database not supported at line 1, char 1');
  return measurement;
}
