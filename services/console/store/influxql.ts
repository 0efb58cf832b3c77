// The InfluxQL that the console asks, every name and value quoted here and nowhere else. Always fully qualified, so that
// InfluxDB 1.x, 2.x, 3.x and the historian understand it alike.

import { ALARM_EVENT } from '#domain/journal.ts';
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
  const terms = Object.entries(tags).flatMap(([tag, value]) =>
    value === undefined ? [] : [`${quoteIdentifier(tag)} = ${quoteString(value)}`],
  );
  return [...terms, `time >= ${from}ms`, `time < ${to}ms`].join(' AND ');
}
