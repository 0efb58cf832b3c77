import { expect, test } from 'vitest';
import type { TrendSeries } from '../../api/history.ts';
import { bucketRows, csvOf, fileNameOf } from './bucket-rows.ts';

const series = (changes: Partial<TrendSeries>): TrendSeries => ({
  ...{ site: 'lyon', area: 'yard', device: 'a', metric: 't', unit: 'Cel', gapMs: 1_000, moreStates: 0 },
  ...{ at: [], mean: [], min: [], max: [], count: [], states: [], quality: [], limits: [] },
  ...changes,
});
const numbers = series({
  ...{ at: [0, 1_000], mean: [-1, 2], min: [-2, 1], max: [0, 3], count: [4, 5] },
  quality: [{ from: 1_000, to: 2_000, quality: 'bad', points: 5 }],
});
const text = series({ metric: 'mode', unit: null, states: [{ from: 500, to: 900, value: '=HYPERLINK("x")' }] });
const trend = (...all: TrendSeries[]) => ({
  ...{ from: 0, to: 2_000, intervalMs: 1_000, tier: 'raw' as const, alarms: [], hasMoreAlarms: false, series: all },
});

test('csvOf() gives each bucket and each stretch, numbers as they are and texts as no formulas', () => {
  expect(csvOf(trend(numbers, text)).split('\r\n')).toEqual([
    'time,site,area,device,metric,mean,min,max,points,state,unit,quality',
    '1970-01-01T00:00:00.000Z,lyon,yard,a,t,-1,-2,0,4,,Cel,good',
    '1970-01-01T00:00:01.000Z,lyon,yard,a,t,2,1,3,5,,Cel,bad',
    `1970-01-01T00:00:00.500Z,lyon,yard,a,mode,,,,,"'=HYPERLINK(""x"")",,good`,
    '',
  ]);
});

test('bucketRows() puts series of different rhythm beside each other', () => {
  const other = series({ at: [1_000], mean: [7], min: [7], max: [7], count: [1] });
  expect(bucketRows([numbers, other])).toEqual([
    { at: 0, cells: [{ mean: -1, min: -2, max: 0, quality: undefined }, null] },
    {
      at: 1_000,
      cells: [
        { mean: 2, min: 1, max: 3, quality: 'bad' },
        { mean: 7, min: 7, max: 7, quality: undefined },
      ],
    },
  ]);
});

test('fileNameOf() can be a file anywhere', () => {
  const range = { from: 0, to: 60_000 };
  expect(fileNameOf({ ...range, series: [series({ metric: 'a/b c' })] })).toBe(
    'lyon_yard_a_a_b_c_1970-01-01T000000_1970-01-01T000100.csv',
  );
  expect(fileNameOf({ ...range, series: [numbers, text] })).toMatch(/^2-series_/);
});
