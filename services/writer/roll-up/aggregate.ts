// What a roll-up consists of: how InfluxQL says each field of raw points, how it is put together from finer roll-ups, and how
// it is written. `mean` is always sum by count, so means of unequal counts are never averaged. Booleans and texts have no
// mean: their first, last and count stand under names of their own, as their values do, since a field has one type for ever.

import { encodeLine, type FieldValue, tagProblem } from '#domain/line-protocol.ts';
import { READING } from '#domain/series.ts';
import type { Policy, Rows } from '../influx.ts';
import type { Area } from './hour.ts';
import { BY_TAGS, inAreaAndSpan, quotedName, type Span, TAGS, tagsOf } from './statement.ts';

type Kind = 'float' | 'integer' | 'boolean' | 'string';

/** name, of raw points, of finer roll-ups, type. */
const FIELDS: readonly (readonly [name: string, ofRaw: string, ofFiner: string, kind: Kind])[] = [
  ['min', 'min("value")', 'min("min")', 'float'],
  ['max', 'max("value")', 'max("max")', 'float'],
  ['sum', 'sum("value")', 'sum("sum")', 'float'],
  ['count', 'count("value")', 'sum("count")', 'integer'],
  ['first', 'first("value")', 'first("first")', 'float'],
  ['last', 'last("value")', 'last("last")', 'float'],
  ['flagCount', 'count("flag")', 'sum("flagCount")', 'integer'],
  ['flagFirst', 'first("flag")', 'first("flagFirst")', 'boolean'],
  ['flagLast', 'last("flag")', 'last("flagLast")', 'boolean'],
  ['textCount', 'count("text")', 'sum("textCount")', 'integer'],
  ['textFirst', 'first("text")', 'first("textFirst")', 'string'],
  ['textLast', 'last("text")', 'last("textLast")', 'string'],
];

export type AggregateQuery = Span & {
  readonly database: string;
  /** What it is made of. */
  readonly source: Extract<Policy, 'raw' | 'r1m'>;
  readonly area: Area;
  readonly width: '1m' | '1h';
};

/** Every bucket of every series of an area in a span that ends at edges of buckets, as one statement. */
export function formatAggregateQuery({ database, source, area, width, ...span }: AggregateQuery): string {
  const select = FIELDS.map(([name, ofRaw, ofFiner]) => `${source === 'raw' ? ofRaw : ofFiner} AS "${name}"`);
  return [
    `SELECT ${select.join(', ')} FROM ${quotedName(database)}."${source}"."${READING}"`,
    `WHERE ${inAreaAndSpan(area, span)}`,
    `GROUP BY time(${width}), ${BY_TAGS} fill(none)`,
  ].join(' ');
}

/** The answer as lines to be written; a bucket without any value gives none. */
export function encodeRollUps(series: readonly Rows[]): string[] {
  return series.flatMap((rows) => rows.values.flatMap((row) => encodeRow(rows, row) ?? []));
}

function encodeRow(rows: Rows, row: readonly unknown[]): string | undefined {
  const valueIn = (column: string) => row[rows.columns.indexOf(column)] ?? null;
  const names = tagsOf(rows, row);
  const tags = TAGS.map((tag) => [tag, names[tag]] as const);
  // Somebody else's points of the same measurement; ours have all four.
  if (tags.some(([, value]) => tagProblem(value) !== undefined)) return undefined;
  const fields = FIELDS.flatMap(([name, , , kind]) => {
    const value = fieldValue(kind, valueIn(name));
    return value === undefined ? [] : [[name, value] as const];
  });
  const [sum, count] = [valueIn('sum'), Number(valueIn('count'))];
  const mean = sum === null || count === 0 ? undefined : fieldValue('float', Number(sum) / count);
  if (mean !== undefined) fields.unshift(['mean', mean]);
  if (fields.length === 0) return undefined;
  return encodeLine({ measurement: READING, tags, fields, time: BigInt(Number(valueIn('time'))) });
}

/** undefined where there is none: no value, a count of nothing, a sum beyond what a float can hold. */
function fieldValue(kind: Kind, value: unknown): FieldValue | undefined {
  if (value === null) return undefined;
  switch (kind) {
    case 'float':
      return Number.isFinite(Number(value)) ? { type: 'float', value: Number(value) } : undefined;
    case 'integer':
      return Number(value) === 0 ? undefined : { type: 'integer', value: BigInt(Math.round(Number(value))) };
    case 'boolean':
      return { type: 'boolean', value: value === true };
    case 'string':
      return { type: 'string', value: String(value) };
  }
}
