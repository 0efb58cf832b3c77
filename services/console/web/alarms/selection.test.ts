import { expect, test } from 'vitest';
import type { AlarmView } from '../../api/live.ts';
import { sampleAlarm } from '../../testing.ts';
import { rowsDrawn } from './rows-drawn.ts';
import { NOWHERE, placeIn, standing, ticksOf, withRange } from './selection.ts';

const listOf = (ids: string) => [...ids].map((id) => ({ ...sampleAlarm(), id }));

test.each([
  ['stays with its row when others come above it', 'xyabc', { id: 'b', index: 1 }, { id: 'b', index: 3 }],
  ['stays with its row when others leave', 'bc', { id: 'b', index: 1 }, { id: 'b', index: 0 }],
  [
    'goes on to the row that stands at its place when its own leaves',
    'acd',
    { id: 'b', index: 1 },
    { id: 'c', index: 1 },
  ],
  ['goes to the last one when its own was the last', 'ab', { id: 'c', index: 2 }, { id: 'b', index: 1 }],
  ['is nowhere in an empty list', '', { id: 'c', index: 2 }, { id: null, index: 0 }],
  ['begins at the first row', 'ab', NOWHERE, { id: 'a', index: 0 }],
])('the keyboard %s', (_, ids, place, expected) => {
  expect(placeIn(listOf(ids), place)).toEqual(expected);
});

test.each([
  ['downwards', 'b', 'd', 'abcd'],
  ['upwards', 'd', 'b', 'abcd'],
  ['from a row that has left: that one alone', 'x', 'c', 'ac'],
  ['to a row that has left: nothing new', 'b', 'x', 'a'],
])('a range goes %s', (_, from, to, expected) => {
  expect([...withRange(ticksOf(listOf('a')), listOf('abcde'), { from, to }).keys()].join('')).toBe(expected);
});

test('a tick is of one episode: an alarm that leaves and returns, or comes again at once, is not ticked any more', () => {
  const [a, b, c] = listOf('abc') as [AlarmView, AlarmView, AlarmView];
  const ticks = ticksOf([a, b, c]);
  const tableOf = (...list: AlarmView[]) => new Map(list.map((alarm) => [alarm.id, alarm]));
  expect(standing(ticks, tableOf(a, { ...b, seq: 9, state: 'ACKED' }, c))).toBe(ticks);
  expect([...standing(ticks, tableOf(a, c)).keys()]).toEqual(['a', 'c']);
  expect([...standing(ticks, tableOf(a, { ...b, episode: 2 })).keys()]).toEqual(['a']);
  expect(standing(standing(ticks, tableOf()), tableOf(a, b, c)).size).toBe(0);
});

test('rowsDrawn() draws what is in sight with a margin, and the row that has the keyboard wherever it is', () => {
  const sight = { top: 1_000, bottom: 1_500, rowHeight: 100 };
  const seen = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
  expect(rowsDrawn(5_000, sight, null)).toEqual(seen);
  expect(rowsDrawn(5_000, sight, 10)).toEqual(seen);
  expect(rowsDrawn(5_000, sight, 0)).toEqual([0, ...seen]);
  expect(rowsDrawn(5_000, sight, 4_999)).toEqual([...seen, 4_999]);
  expect(rowsDrawn(6, sight, 9)).toEqual([4, 5]);
  expect(rowsDrawn(2, { top: -300, bottom: 500, rowHeight: 100 }, 0)).toEqual([0, 1]);
  expect(rowsDrawn(3, { top: 5_000, bottom: 5_500, rowHeight: 100 }, null)).toEqual([]);
});
