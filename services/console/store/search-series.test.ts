import { expect, test } from 'vitest';
import { patternStore } from '../testing.ts';
import { StoreError } from './influx.ts';
import { seriesQuery } from './influxql.ts';
import { searchSeries } from './search-series.ts';

const live = ['a1', 'a2', 'b1'].map((device) => ({ site: 'lyon', area: 'yard', device, metric: 'temperature' }));
const keys = (...rows: string[]) => ({ columns: ['key'], rows: rows.map((key) => [key]) });
const names = (page: Awaited<ReturnType<typeof searchSeries>>) =>
  page.series.map(({ device, metric, isLive }) => `${device} ${metric}${isLive ? '' : ' (stored)'}`);

test('searchSeries() finds what lives and what only the store remembers, by every word, each once', async () => {
  const { store } = patternStore([
    [
      /SHOW SERIES/,
      keys(
        'reading,area=yard,device=a1,metric=temperature,site=lyon',
        String.raw`reading,area=yard,device=a0,metric=outer\ temp/x,site=lyon`,
        'reading,device=a9,metric=m',
        'no key at all',
      ),
    ],
  ]);
  const page = await searchSeries(store, live, { search: ' A1 lyon/YARD ', limit: 50, where: 'all' });
  expect([names(page), page.next, page.problem]).toEqual([['a0 outer temp/x (stored)', 'a1 temperature'], null, null]);
});

test('searchSeries() gives pages that follow on one another', async () => {
  const { store } = patternStore([]);
  const first = await searchSeries(store, live, { search: '', limit: 2, where: 'all' });
  const second = await searchSeries(store, live, { search: '', limit: 2, where: 'all', cursor: first.next ?? '' });
  expect([names(first), names(second), second.next]).toEqual([
    ['a1 temperature', 'a2 temperature'],
    ['b1 temperature'],
    null,
  ]);
});

test('searchSeries() gives what lives where the store does not answer, and says so', async () => {
  const { store } = patternStore([[/SHOW/, new StoreError('The store is away.', true)]]);
  const page = await searchSeries(store, live, { search: 'b1', limit: 50, where: 'all' });
  expect([names(page), page.problem]).toEqual([['b1 temperature'], 'The store is away.']);
});

test('searchSeries() leaves out what lives where only the store is asked about', async () => {
  const stored = keys(...['a1', 'a0'].map((name) => `reading,area=yard,device=${name},metric=temperature,site=lyon`));
  const { store } = patternStore([[/SHOW/, stored]]);
  const page = await searchSeries(store, live, { search: '', limit: 1, where: 'stored' });
  expect([names(page), page.next]).toEqual([['a0 temperature (stored)'], null]);
});

test('seriesQuery() lets no word out of its pattern', () => {
  expect(seriesQuery(['a/ or 1=1', '.*', '\\'], 5)).toBe(
    'SHOW SERIES FROM "reading" WHERE ' +
      [String.raw`a\/ or 1=1`, String.raw`\.\*`, String.raw`\\`]
        .map(
          (word) => `(${['site', 'area', 'device', 'metric'].map((tag) => `"${tag}" =~ /(?i)${word}/`).join(' OR ')})`,
        )
        .join(' AND ') +
      ` AND "site" != 'penstock' LIMIT 5`,
  );
});
