// What several boards ask of the points: values, and how good and how fresh they are.

import { and, HIGHEST, LOWEST, type Query, readings, SHOWN } from './influxql.ts';

/**
 * Mean of each step of the picture. Of roll-ups it is sum by count: means of unequal counts are never averaged. Points have no sums
 * and roll-ups no values, so one of the two says nothing.
 */
export function trendOf(where: string, alias: string): readonly Query[] {
  return ['mean("value")', 'sum("sum") / sum("count")'].map((select) => ({ text: stepped(select, where), alias }));
}

export function rangeOf(where: string, of: 'lowest' | 'highest', alias: string): Query {
  return { text: stepped(of === 'lowest' ? `min(${LOWEST})` : `max(${HIGHEST})`, where), alias };
}

function stepped(select: string, where: string): string {
  return `SELECT ${select} FROM ${readings('$tier')} WHERE ${and(SHOWN, where)} GROUP BY time($__interval), "site", "area", "device", "metric" fill(null)`;
}

/** What a series said last, in each step: a flag, a text, or how good it was. A step without one is a gap, or bad would be bad for ever. */
export function statesOf(field: 'flag' | 'text' | 'q', where: string): Query {
  const text = `SELECT last("${field}") FROM ${readings()} WHERE ${and(SHOWN, where)} GROUP BY time($__interval), "site", "area", "device", "metric" fill(null)`;
  return { text, alias: '$tag_device $tag_metric' };
}

/** The newest value of each series, with its moment. */
export function newestOf(where: string): Query {
  return {
    text: `SELECT last("value") AS "value" FROM ${readings()} WHERE ${and(SHOWN, where)} GROUP BY "site", "area", "device", "metric"`,
    alias: '$tag_device $tag_metric',
  };
}

/** When each metric came last, as a table: a number alone does not show how old it is. */
export function momentsOf(where: string): Query {
  return { text: `SELECT "metric", "value" FROM (${newestOf(where).text})`, format: 'table' };
}

/** The number of series that a point has come from since. */
export function seriesSince(ago: string, where: string, alias: string): Query {
  const each = (field: string) =>
    `SELECT count("${field}") AS "n" FROM ${readings()} WHERE ${and(`time > now() - ${ago}`, where)} GROUP BY "site", "area", "device", "metric"`;
  return { text: `SELECT count("n") FROM (${each('value')})`, alias, isHidden: true };
}
