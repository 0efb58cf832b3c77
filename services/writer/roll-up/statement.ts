// What all statements and answers of roll-ups have in common.

import type { Rows } from '../influx.ts';
import type { Area } from './hour.ts';

export const TAGS = ['area', 'device', 'metric', 'site'] as const;
export type Tags = { readonly [tag in (typeof TAGS)[number]]: string };

export function quotedName(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

export function quotedText(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

/** ms since the epoch, `to` excluded. */
export type Span = { readonly from: number; readonly to: number };

export function inAreaAndSpan({ site, area }: Area, { from, to }: Span): string {
  return `"site" = ${quotedText(site)} AND "area" = ${quotedText(area)} AND time >= ${from}ms AND time < ${to}ms`;
}

export const BY_TAGS = TAGS.map((tag) => quotedName(tag)).join(', ');

/** Names of the series that a row is of; empty texts where it has none. InfluxDB 3 gives tags among the columns. */
export function tagsOf({ tags, columns }: Rows, row: readonly unknown[]): Tags {
  const tagIn = (tag: string) => String(tags[tag] ?? row[columns.indexOf(tag)] ?? '');
  return { area: tagIn('area'), device: tagIn('device'), metric: tagIn('metric'), site: tagIn('site') };
}

/** The answer with one series in each, wherever its tags were. */
export function bySeries(answer: readonly Rows[]): (Rows & { readonly tags: Tags })[] {
  type Series = { readonly tags: Tags; readonly columns: Rows['columns']; readonly values: (readonly unknown[])[] };
  const series = new Map<string, Series>();
  for (const rows of answer) {
    for (const row of rows.values) {
      const tags = tagsOf(rows, row);
      const key = Object.values(tags).join();
      const known: Series = series.get(key) ?? { tags, columns: rows.columns, values: [] };
      series.set(key, known);
      known.values.push(row);
    }
  }
  return [...series.values()];
}
