import { expect, test } from 'vitest';
import { patternStore } from '../testing.ts';
import { readAlarmBands } from './alarm-bands.ts';

const COLUMNS = ['time', 'rule', 'instance', 'state', 'priority', 'summary', 'activeSince', 'limit'];
const wanted = {
  ...{ site: 'lyon', area: 'tank-farm', devices: new Set(['tank-01']) },
  alarms: [{ rule: 'level-high', instance: 'north' }],
};
const entry = (at: number, state: string, rule = 'hot', instance = 'tank-01', since: number | null = null) => [
  ...[at, rule, instance, state, 'high', `${rule} ${state}`, since, 80],
];

async function bandsOf(newestFirst: unknown[][], standing: object = {}) {
  const { store, asked } = patternStore([
    [/GROUP BY "rule"/, standing],
    [/ORDER BY time DESC/, { columns: COLUMNS, rows: newestFirst as never }],
  ]);
  const { bands } = await readAlarmBands({ store, database: 'plant' }, wanted, { from: 1_000, to: 9_000 });
  return { bands: bands.map(({ rule, instance, from, to }) => [rule, instance, from, to]), asked, whole: bands };
}

test('a band begins with the alarm and ends with its return, acknowledged or not', async () => {
  const { bands, whole } = await bandsOf([
    entry(8_000, 'UNACK'),
    entry(4_000, 'RTNUN'),
    entry(3_000, 'ACKED'),
    entry(2_000, 'UNACK'),
  ]);
  expect(bands).toEqual([
    ['hot', 'tank-01', 2_000, 4_000],
    ['hot', 'tank-01', 8_000, null],
  ]);
  expect(whole[0]).toMatchObject({
    site: 'lyon',
    area: 'tank-farm',
    priority: 'high',
    summary: 'hot ACKED',
    limit: 80,
  });
});

test('an alarm that was active before the range is so from its own begin', async () => {
  const { bands } = await bandsOf([entry(4_000, 'NORM')], {
    tags: { rule: 'hot', instance: 'tank-01' },
    columns: ['time', 'state', 'priority', 'summary', 'activeSince', 'limit'],
    rows: [[900, 'ACKED', 'high', 'Hot', 500, 80]],
  });
  expect(bands).toEqual([['hot', 'tank-01', 500, 4_000]]);
});

test('an entry in the range names the begin of an alarm of which no earlier entry is left', async () => {
  expect((await bandsOf([entry(4_000, 'ACKED', 'hot', 'tank-01', 200)])).bands).toEqual([
    ['hot', 'tank-01', 200, null],
  ]);
});

test('alarms of other groups are those of the rules that watch the series, and no namesakes', async () => {
  const { bands, asked } = await bandsOf([
    entry(3_000, 'UNACK', 'other', 'north'),
    entry(2_000, 'UNACK', 'level-high', 'north'),
  ]);
  expect(bands).toEqual([['level-high', 'north', 2_000, null]]);
  expect(asked[0]).toContain(`("instance" = 'tank-01' OR "instance" = 'north')`);
  expect(asked[0]).toContain('"historical" = false AND "shadow" = false');
});
