// The InfluxQL that the console asks, every name and value quoted here and nowhere else. Always fully qualified, so that
// InfluxDB 1.x, 2.x, 3.x and the historian understand it alike.

import type { Priority } from '#domain/alarm.ts';
import { ALARM_EVENT, type JournalEvent } from '#domain/journal.ts';
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
  'inputs',
  'sinceActiveMs',
  'actor',
  'comment',
  'command',
  'commandReason',
  'historical',
  'shadow',
] as const;

export type JournalFilter = {
  readonly [tag in 'site' | 'area' | 'rule' | 'instance']?: string | undefined;
} & {
  /** Any of them; every event and priority where it is left out. */
  readonly events?: readonly JournalEvent[] | undefined;
  readonly priorities?: readonly Priority[] | undefined;
};

/** The newest first, `offset` of them left out. */
export type Slice = Range & { readonly limit: number; readonly offset?: number };

export function journalQuery(database: string, filter: JournalFilter, slice: Slice): string {
  const { events, priorities, ...tags } = filter;
  const { limit, offset = 0 } = slice;
  const terms = [anyOf(events?.map(isEvent)), anyOf(priorities?.map((each) => equals('priority', each)))];
  return [
    `SELECT ${[...JOURNAL_TAGS, ...JOURNAL_FIELDS].map(quoteIdentifier).join(', ')}`,
    `FROM ${source(database, ALARM_EVENT)}`,
    `WHERE ${[...terms.filter((term) => term !== ''), where(tags, slice)].join(' AND ')}`,
    `ORDER BY time DESC LIMIT ${limit}${offset === 0 ? '' : ` OFFSET ${offset}`}`,
  ].join(' ');
}

/** The tag of a command's entry ends with the command's status. */
function isEvent(event: JournalEvent): string {
  return event === 'COMMAND' ? '"event" =~ /^COMMAND:/' : equals('event', event);
}

function anyOf(terms: readonly string[] = []): string {
  return terms.length === 0 ? '' : `(${terms.join(' OR ')})`;
}

function equals(name: string, value: string): string {
  return `${quoteIdentifier(name)} = ${quoteString(value)}`;
}

function source(database: string, measurement: string): string {
  return [database, 'raw', measurement].map(quoteIdentifier).join('.');
}

function where(tags: { readonly [tag: string]: string | undefined }, { from, to }: Range): string {
  const terms = Object.entries(tags).flatMap(([tag, value]) => (value === undefined ? [] : [equals(tag, value)]));
  return [...terms, `time >= ${from}ms`, `time < ${to}ms`].join(' AND ');
}
