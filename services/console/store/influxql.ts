// The InfluxQL that the console asks, every name and value quoted here and nowhere else. Always fully qualified, so that
// InfluxDB 1.x, 2.x, 3.x and the historian understand it alike.

import type { Priority } from '#domain/alarm.ts';
import { ALARM_EVENT, type JournalEvent } from '#domain/journal.ts';
import { READING, type SeriesName } from '#domain/series.ts';
import { PIPELINE } from '#domain/service.ts';
import type { Tier } from '../api/history.ts';

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

/** How each tier says what a bucket holds. Of roll-ups the mean is sum by count: means of unequal counts are never averaged. */
const NUMBERS: { readonly [tier in Tier]: string } = {
  raw: 'mean("value") AS "mean", min("value") AS "min", max("value") AS "max", count("value") AS "count"',
  r1m: 'sum("sum") / sum("count") AS "mean", min("min") AS "min", max("max") AS "max", sum("count") AS "count"',
  r1h: 'sum("sum") / sum("count") AS "mean", min("min") AS "min", max("max") AS "max", sum("count") AS "count"',
};
const STATES: { readonly [tier in Tier]: string } = {
  raw: 'last("flag") AS "flag", last("text") AS "text"',
  r1m: 'last("flagLast") AS "flag", last("textLast") AS "text"',
  r1h: 'last("flagLast") AS "flag", last("textLast") AS "text"',
};

export type BucketRange = Range & { readonly tier: Tier; readonly intervalMs: number };

/** Buckets that hold something: numbers, or what a switch or a text said last. */
export function trendQuery(database: string, series: SeriesName, { tier, intervalMs, ...range }: BucketRange): string {
  return [
    `SELECT ${NUMBERS[tier]}, ${STATES[tier]}`,
    `FROM ${source(database, READING, tier)}`,
    `WHERE ${where(tagsOf(series), range)}`,
    `GROUP BY time(${intervalMs}ms) fill(none)`,
  ].join(' ');
}

/** Buckets with points that are not good: how many, and the worst. Points alone know it; roll-ups do not. */
export function qualityQuery(
  database: string,
  series: SeriesName,
  { intervalMs, ...range }: Omit<BucketRange, 'tier'>,
): string {
  return [
    'SELECT count("q") AS "count", max("q") AS "worst"',
    `FROM ${source(database, READING)}`,
    `WHERE ${where(tagsOf(series), range)}`,
    `GROUP BY time(${intervalMs}ms) fill(none)`,
  ].join(' ');
}

/** Points as they came, oldest first. */
export function pointsQuery(
  database: string,
  series: SeriesName,
  { limit, ...range }: Range & { readonly limit: number },
): string {
  return [
    'SELECT "value", "flag", "text", "q"',
    `FROM ${source(database, READING)}`,
    `WHERE ${where(tagsOf(series), range)}`,
    `ORDER BY time ASC LIMIT ${limit}`,
  ].join(' ');
}

/** Series that have each of the words in one of their names, whatever the case. */
export function seriesQuery(words: readonly string[], limit: number): string {
  const having = words.map((word) => {
    const pattern = `/(?i)${word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}/`;
    return `(${['site', 'area', 'device', 'metric'].map((tag) => `"${tag}" =~ ${pattern}`).join(' OR ')})`;
  });
  const terms = [...having, `"site" != ${quoteString(PIPELINE.site)}`];
  return `SHOW SERIES FROM ${quoteIdentifier(READING)} WHERE ${terms.join(' AND ')} LIMIT ${limit}`;
}

function tagsOf({ site, area, device, metric }: SeriesName) {
  return { site, area, device, metric };
}

const JOURNAL_TAGS = ['site', 'area', 'rule', 'instance', 'event'] as const;
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

const ALARM_COLUMNS = ['state', 'priority', 'summary', 'activeSince', 'limit'] as const;

export type AlarmsIn = Range & {
  readonly site: string;
  readonly area: string;
  readonly instances: readonly string[];
};

/** What happened to the alarms of these instances, the newest first: neither tried out, nor decided on data that came too late. */
export function alarmsQuery(database: string, { limit, ...of }: AlarmsIn & { readonly limit: number }): string {
  const columns = ['rule', 'instance', ...ALARM_COLUMNS].map(quoteIdentifier).join(', ');
  return `SELECT ${columns} FROM ${source(database, ALARM_EVENT)} WHERE ${whereAlarms(of)} ORDER BY time DESC LIMIT ${limit}`;
}

/** The newest entry of each of them in that range. */
export function alarmsStandingQuery(database: string, of: AlarmsIn): string {
  const [, ...others] = ALARM_COLUMNS.map(quoteIdentifier);
  return [
    `SELECT last("state") AS "state", ${others.join(', ')} FROM ${source(database, ALARM_EVENT)}`,
    `WHERE ${whereAlarms(of)} GROUP BY "rule", "instance"`,
  ].join(' ');
}

function whereAlarms({ site, area, instances, ...range }: AlarmsIn): string {
  const any = instances.map((instance) => `"instance" = ${quoteString(instance)}`).join(' OR ');
  return `${where({ site, area }, range)} AND (${any}) AND "historical" = false AND "shadow" = false`;
}

function source(database: string, measurement: string, tier: Tier = 'raw'): string {
  return [database, tier, measurement].map(quoteIdentifier).join('.');
}

function where(tags: { readonly [tag: string]: string | undefined }, { from, to }: Range): string {
  const terms = Object.entries(tags).flatMap(([tag, value]) => (value === undefined ? [] : [equals(tag, value)]));
  return [...terms, `time >= ${from}ms`, `time < ${to}ms`].join(' AND ');
}
