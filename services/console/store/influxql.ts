// The InfluxQL that the console asks, every name and value quoted here and nowhere else. Always fully qualified, so that
// InfluxDB 1.x, 2.x, 3.x and the historian understand it alike.

import { ALARM_EVENT } from '#domain/journal.ts';
import { READING, type SeriesName } from '#domain/series.ts';

/** A database, policy, measurement, tag or field, in double quotes. */
export function quoteIdentifier(name: string): string {
  return `"${escaped(name, '"')}"`;
}

/** A value, in single quotes. */
export function quoteString(text: string): string {
  return `'${escaped(text, "'")}'`;
}

function escaped(text: string, quote: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
}

/** Both ends in ms since the epoch; `to` is left out. */
export type Range = { readonly from: number; readonly to: number };

export function trendQuery(
  database: string,
  series: SeriesName,
  range: Range & { readonly intervalMs: number },
): string {
  const { site, area, device, metric } = series;
  return [
    'SELECT mean("value"), min("value"), max("value")',
    `FROM ${source(database, READING)}`,
    `WHERE ${where({ site, area, device, metric }, range)}`,
    `GROUP BY time(${range.intervalMs}ms) fill(null)`,
  ].join(' ');
}

export const JOURNAL_TAGS = ['site', 'area', 'rule', 'instance', 'event'] as const;
export const JOURNAL_FIELDS = [
  'alarmId',
  'seq',
  'episode',
  'state',
  'overlay',
  'priority',
  'limit',
  'summary',
  'actor',
  'comment',
  'command',
  'commandReason',
  'historical',
  'shadow',
] as const;

export type JournalFilter = { readonly [tag in 'site' | 'area' | 'rule' | 'instance']?: string | undefined };

export function journalQuery(
  database: string,
  filter: JournalFilter,
  range: Range & { readonly limit: number },
): string {
  return [
    `SELECT ${[...JOURNAL_TAGS, ...JOURNAL_FIELDS].map(quoteIdentifier).join(', ')}`,
    `FROM ${source(database, ALARM_EVENT)}`,
    `WHERE ${where(filter, range)}`,
    `ORDER BY time DESC LIMIT ${range.limit}`,
  ].join(' ');
}

function source(database: string, measurement: string): string {
  return [database, 'raw', measurement].map(quoteIdentifier).join('.');
}

function where(tags: { readonly [tag: string]: string | undefined }, { from, to }: Range): string {
  const terms = Object.entries(tags).flatMap(([tag, value]) =>
    value === undefined ? [] : [`${quoteIdentifier(tag)} = ${quoteString(value)}`],
  );
  return [...terms, `time >= ${from}ms`, `time < ${to}ms`].join(' AND ');
}
