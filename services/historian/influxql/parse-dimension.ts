// One item of GROUP BY. What is no dimension is well written all the same: InfluxDB refuses it when the statement runs.

import type { Dimension, Expr } from './ast.ts';
import { unexpected } from './parse-error.ts';
import { parseExpression } from './parse-expression.ts';
import type { TokenReader } from './token-reader.ts';

/** Undefined where the reader was told to refuse the statement. */
export function parseDimension(reader: TokenReader): Dimension | undefined {
  const token = reader.peek();
  const expr = parseExpression(reader);
  switch (expr.kind) {
    case 'regex':
      return { kind: 'matching', matcher: expr.matcher };
    case 'wildcard':
      if (expr.cast === 'field') throw unexpected(token, 'tag');
      return { kind: 'all' };
    case 'ref':
      if (expr.name === 'time') {
        return refused(reader, 'time() is a function and expects at least one argument');
      }
      return { kind: 'tag', name: expr.name };
    case 'call':
      if (expr.name === 'time') return timeDimension(reader, expr.args);
      return refused(reader, 'only time() calls allowed in dimensions');
    default:
      return refused(reader, 'only time and tag dimensions allowed');
  }
}

function timeDimension(reader: TokenReader, [interval, offset, ...more]: readonly Expr[]): Dimension | undefined {
  if (interval === undefined || more.length > 0) return refused(reader, 'time dimension expected 1 or 2 arguments');
  if (interval.kind !== 'duration') return refused(reader, 'time dimension must have duration argument');
  const isNow = offset?.kind === 'call' && offset.name === 'now';
  if (offset !== undefined && offset.kind !== 'duration' && offset.kind !== 'string' && !isNow) {
    return refused(reader, 'time dimension offset must be duration or now()');
  }
  return { kind: 'time', intervalNs: interval.ns, offset };
}

export function refuseDimensions(reader: TokenReader, dimensions: readonly (Dimension | undefined)[]): void {
  const times = dimensions.filter((dimension) => dimension?.kind === 'time');
  if (times.length > 1) reader.refuse('multiple time dimensions not allowed');
}

function refused(reader: TokenReader, text: string): undefined {
  reader.refuse(text);
}
