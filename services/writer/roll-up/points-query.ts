// The points of some series of an area, as one statement.

import { READING } from '#domain/series.ts';
import type { Area } from './hour.ts';
import { BY_TAGS, inAreaAndSpan, quotedName, quotedText, type Span } from './statement.ts';

/** Metrics of a device. */
export type Choice = { readonly device: string; readonly metrics: readonly string[] };

export type PointsQuery = Span & {
  readonly database: string;
  readonly area: Area;
  readonly choices: readonly Choice[];
};

export function formatPointsQuery({ database, area, choices, ...span }: PointsQuery): string {
  const chosen = choices.map(({ device, metrics }) => {
    const metric = anyOf(metrics.map((each) => `"metric" = ${quotedText(each)}`));
    return `("device" = ${quotedText(device)} AND ${metric})`;
  });
  return [
    `SELECT "value", "flag", "text", "q" FROM ${quotedName(database)}."raw"."${READING}"`,
    `WHERE ${inAreaAndSpan(area, span)} AND ${anyOf(chosen)} GROUP BY ${BY_TAGS}`,
  ].join(' ');
}

function anyOf(conditions: readonly string[]): string {
  return `(${conditions.join(' OR ')})`;
}

/** The same in parts of at most so many series, and at least one device. */
export function chunksOf(choices: readonly Choice[], seriesMax: number): Choice[][] {
  const chunks: Choice[][] = [];
  let series = 0;
  for (const choice of choices) {
    series += choice.metrics.length;
    const last = chunks.at(-1);
    if (last !== undefined && series <= seriesMax) last.push(choice);
    else {
      chunks.push([choice]);
      series = choice.metrics.length;
    }
  }
  return chunks;
}
