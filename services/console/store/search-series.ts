// Series by words in their names: those that live, and those that only the store remembers. A page of them, by name.

import { decodeLine } from '#domain/line-protocol.ts';
import { formatSeriesName, parseSeriesName, type SeriesName } from '#domain/series.ts';
import type { KnownSeries, SeriesPage } from '../api/history.ts';
import { type Store, StoreError } from './influx.ts';
import { seriesQuery } from './influxql.ts';
import { rowsOf, textIn } from './table-rows.ts';

export type SeriesSearch = {
  readonly search: string;
  readonly limit: number;
  /** Only those that do not live. */
  readonly where: 'all' | 'stored';
  /** Name of the last one of the page before. */
  readonly cursor?: string | undefined;
};

/** As many of the store are looked at, whichever page is asked for. */
const STORED_MAX = 2_000;
/** More words than these nobody types. */
const WORDS_MAX = 8;

export async function searchSeries(
  store: Store,
  live: readonly SeriesName[],
  { search, limit, where, cursor = '' }: SeriesSearch,
): Promise<SeriesPage> {
  const words = search
    .toLowerCase()
    .split(/[\s/]+/)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX);
  const found = new Map<string, KnownSeries>();
  const { stored, problem } = await readStored(store, words);
  for (const series of stored) found.set(formatSeriesName(series), { ...series, isLive: false });
  for (const { site, area, device, metric } of live) {
    const series = { site, area, device, metric };
    const name = formatSeriesName(series);
    if (words.every((word) => name.toLowerCase().includes(word))) found.set(name, { ...series, isLive: true });
  }
  const isWanted = (name: string) => name > cursor && (where === 'all' || found.get(name)?.isLive === false);
  const names = [...found.keys()].filter(isWanted).sort();
  const page = names.slice(0, limit);
  return {
    series: page.flatMap((name) => found.get(name) ?? []),
    next: names.length > limit ? (page.at(-1) ?? null) : null,
    problem,
  };
}

async function readStored(store: Store, words: readonly string[]) {
  try {
    const keys = rowsOf(await store.query(seriesQuery(words, STORED_MAX)));
    const isCut = keys.length >= STORED_MAX;
    return {
      stored: keys.flatMap((row) => seriesOf(textIn(row, 'key')) ?? []),
      problem: isCut ? `The store has more than ${STORED_MAX} series that match; search for more of the name.` : null,
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { stored: [], problem: error.message };
  }
}

/** A key is the beginning of a line. One that is not of ours has other tags, or names that none of ours can have. */
function seriesOf(key: string): SeriesName | undefined {
  const line = decodeLine(`${key} x=0`);
  if (typeof line === 'string') return undefined;
  const { site = '', area = '', device = '', metric = '' } = Object.fromEntries(line.tags);
  return parseSeriesName(`${site}/${area}/${device}/${metric}`);
}
