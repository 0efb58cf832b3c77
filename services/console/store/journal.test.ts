// Paging through the journal: every entry once, however many share a moment, and a look for words that ends.

import { describe, expect, test } from 'vitest';
import type { JournalPage } from '../api/history.ts';
import type { Store } from './influx.ts';
import { type JournalSearch, parsePlace, readJournalPage } from './journal.ts';

/** A store of entries at these moments, that answers as InfluxDB does and says what it was asked. */
function storeOf(moments: readonly number[]) {
  const newestFirst = moments.map((at, seq) => [at, seq, `entry ${seq}`] as const).toSorted((a, b) => b[0] - a[0]);
  const asked: string[] = [];
  const store: Store = {
    query: async (q) => {
      asked.push(q);
      const number = (pattern: RegExp) => Number(pattern.exec(q)?.[1] ?? 0);
      const [from, to] = [number(/time >= (\d+)ms/), number(/time < (\d+)ms/)];
      const [limit, offset] = [number(/LIMIT (\d+)/), number(/OFFSET (\d+)/)];
      const rows = newestFirst.filter(([at]) => at >= from && at < to).slice(offset, offset + limit);
      return { columns: ['time', 'seq', 'summary'], rows };
    },
    tables: () => Promise.reject(new Error('the journal asks for one table')),
  };
  return { store, asked };
}

const SEARCH: JournalSearch = {
  filter: {},
  range: { from: 0, to: 1e9 },
  limit: 3,
  from: undefined,
  matches: undefined,
};

async function readAll(store: Store, search: Partial<JournalSearch> = {}) {
  const pages: JournalPage[] = [];
  for (let from = search.from; ; ) {
    const page = await readJournalPage(store, 'plant', { ...SEARCH, ...search, from });
    pages.push(page);
    if (page.next === null) return pages;
    from = parsePlace(page.next);
  }
}
const seqsOf = (pages: readonly JournalPage[]) => pages.map(({ entries }) => entries.map(({ seq }) => seq));

describe('readJournalPage()', () => {
  test.each<[string, number[], number[][]]>([
    ['nothing', [], [[]]],
    ['less than a page', [1, 2], [[1, 0]]],
    ['just a page', [1, 2, 3], [[2, 1, 0]]],
    ['a page and one', [1, 2, 3, 4], [[3, 2, 1], [0]]],
    [
      'more entries of one moment than a page holds',
      [5, 5, 5, 5, 5, 5, 5, 4],
      [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7],
      ],
    ],
    [
      'a moment across the edge of a page',
      [9, 8, 7, 7, 7, 6],
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
  ])('tells every entry once: %s', async (_, moments, expected) => {
    expect(seqsOf(await readAll(storeOf(moments).store))).toEqual(expected);
  });

  test('goes on where it was although new entries have come', async () => {
    const first = await readJournalPage(storeOf([1, 2, 3, 4]).store, 'plant', SEARCH);
    const from = parsePlace(first.next ?? '');
    const second = await readJournalPage(storeOf([1, 2, 3, 4, 5, 6]).store, 'plant', { ...SEARCH, from });
    expect([seqsOf([first]), seqsOf([second])]).toEqual([[[3, 2, 1]], [[0]]]);
  });

  const moments = Array.from({ length: 12_000 }, (_, i) => i);

  test('looks for words through so many entries at once, and says where to go on', async () => {
    const { store, asked } = storeOf(moments);
    const pages = await readAll(store, { matches: ({ seq }) => seq === 10_500 || seq === 500 });
    expect(seqsOf(pages)).toEqual([[10_500], [], [500]]);
    expect(asked).toHaveLength(12);
  });

  test('finds no more than a page at once, and the rest after it', async () => {
    const pages = await readAll(storeOf(moments.slice(0, 2_500)).store, { matches: ({ seq }) => seq % 500 === 0 });
    expect(seqsOf(pages)).toEqual([
      [2_000, 1_500, 1_000],
      [500, 0],
    ]);
  });
});

test.each(['', '1', '1.', '.1', '-1.0', '1.2.3', '1e3.0', '9999999999999999.0'])("'%s' is no place", (cursor) => {
  expect(parsePlace(cursor)).toBeUndefined();
});
