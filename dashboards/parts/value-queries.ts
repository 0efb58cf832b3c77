// What several boards ask of the points: values, and how good and how fresh they are.

import { and, HIGHEST, LOWEST, type Query, readings, SHOWN, VALUE } from './influxql.ts';

/** Mean of each step of the picture; the way from lowest to highest is a band of its own. */
export function trendOf(where: string, alias: string): Query {
  return { text: stepped(`mean(${VALUE})`, where), alias };
}

export function rangeOf(where: string, of: 'lowest' | 'highest', alias: string): Query {
  return { text: stepped(of === 'lowest' ? `min(${LOWEST})` : `max(${HIGHEST})`, where), alias };
}

function stepped(select: string, where: string): string {
  return `SELECT ${select} FROM ${readings('$tier')} WHERE ${and(SHOWN, where)} GROUP BY time($__interval), "device", "metric" fill(null)`;
}

/** What a series said last, in each step: a flag, a text, or how good it was. */
export function statesOf(field: 'flag' | 'text' | 'q', where: string): Query {
  const text = `SELECT last("${field}") FROM ${readings()} WHERE ${and(SHOWN, where)} GROUP BY time($__interval), "device", "metric" fill(none)`;
  return { text, alias: '$tag_device $tag_metric' };
}

/** The newest value of each series, with its moment. */
export function newestOf(where: string): Query {
  return {
    text: `SELECT last("value") AS "value" FROM ${readings()} WHERE ${and(SHOWN, where)} GROUP BY "device", "metric"`,
    alias: '$tag_device $tag_metric',
  };
}

/** The number of series that a point has come from since. */
export function seriesSince(ago: string, where: string, alias: string): Query {
  const each = (field: string) =>
    `SELECT count("${field}") AS "n" FROM ${readings()} WHERE ${and(`time > now() - ${ago}`, where)} GROUP BY "site", "area", "device", "metric"`;
  return { text: `SELECT count("n") FROM (${each('value')})`, alias, isHidden: true };
}
