import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RejectReason } from '#domain/rejected.ts';
import { type Grouped, groupIdOf, RejectedGroups, sentencePattern, topicPattern } from './group-rejected.ts';
import { RECEIVED_AT } from './testing.ts';

function refused(change: Partial<Grouped> & { readonly message?: string; readonly reason?: RejectReason }): Grouped {
  const { message = 'it is the number 5', reason = 'type', ...rest } = change;
  return {
    id: 'ingest-1-1',
    topic: 'home/kitchen/t',
    device: undefined,
    receivedAt: RECEIVED_AT,
    replayedAt: undefined,
    refusals: [{ reason, message }],
    ...rest,
  };
}

function groupsOf(...all: readonly Grouped[]) {
  const groups = new RejectedGroups();
  for (const each of all) groups.take(each);
  return groups.all();
}

test.each([
  ['the payload has 300000 bytes; at most 262144 are taken', 'the payload has # bytes; at most # are taken'],
  ['r[17].ts is the number -1.5e9; it must be', 'r[#].ts is the number #; it must be'],
  ["no layout of the model fits the 3 bytes '01ff00…'", "no layout of the model fits the # bytes '#'"],
  ['model tank-sensor has no metric temp', 'model tank-sensor has no metric temp'],
  ["tank-01 is the text 'bad'", "tank-# is the text 'bad'"],
])('%j without its numbers is %j', (message, pattern) => {
  expect(sentencePattern(message)).toBe(pattern);
});

test.each([
  ['home/room-12/t', 'home/+/t'],
  ['plant/v1/lyon/tanks/x/tele', 'plant/v1/lyon/tanks/x/tele'],
  ['spBv1.0/g/NDATA/n7', 'spBv1.0/g/NDATA/+'],
  ['', ''],
])('topics such as %j are those of %j', (topic, pattern) => {
  expect(topicPattern(topic)).toBe(pattern);
});

describe('RejectedGroups', () => {
  test('tells what differs in numbers alone together, with the newest as its example', () => {
    const [group, ...others] = groupsOf(
      refused({ id: 'a', topic: 'home/room1/t', message: 'line 3: no', receivedAt: 30 }),
      refused({ id: 'b', topic: 'home/room2/t', message: 'line 4: no', receivedAt: 40, replayedAt: 50 }),
      refused({ id: 'c', topic: 'home/room3/t', message: 'line 5: no', receivedAt: 20 }),
    );
    expect(others).toEqual([]);
    expect(group).toEqual({
      id: groupIdOf({ reason: 'type', message: 'line 9: no' }, { topic: 'home/room9/t', device: undefined }),
      ...{ reason: 'type', device: null, topic: 'home/+/t', message: 'line 4: no', place: null },
      ...{ count: 3, waiting: 2, firstAt: 20, lastAt: 40, exampleId: 'b' },
    });
  });

  test.each<[string, Partial<Parameters<typeof refused>[0]>]>([
    ['reason', { reason: 'json' }],
    ['sentence', { message: 'it is a list' }],
    ['topic', { topic: 'home/cellar/t' }],
    ['device', { device: 'lyon/tanks/tank-02' }],
  ])('tells another %s apart, the one met last first', (_, change) => {
    const groups = groupsOf(
      refused({ receivedAt: 1 }),
      refused({ ...change, receivedAt: 2 }),
      refused({ receivedAt: 1 }),
    );
    expect(groups.map(({ count, lastAt }) => [count, lastAt])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  test('a message counts once in a group, however often it makes the mistake', () => {
    const refusals = [1, 2, 3].map(
      (i) => ({ reason: 'type', message: `r[${i}] is the number ${i}`, place: `r[${i}]` }) as const,
    );
    expect(groupsOf(refused({ refusals }))).toMatchObject([{ count: 1, place: 'r[1]' }]);
  });

  test('past its bound new kinds are counted by their reason, and known ones go on', () => {
    const groups = new RejectedGroups(2);
    const words = ['one', 'two', 'three', 'four', 'one'];
    for (const word of words) groups.take(refused({ message: word }));
    groups.take(refused({ reason: 'json', message: 'five' }));
    const told = groups.all().map(({ id, reason, message, count }) => [id === null, reason, message, count]);
    expect(told).toEqual([
      [false, 'type', 'one', 2],
      [false, 'type', 'two', 1],
      [true, 'type', 'further kinds, too many to be told apart', 2],
      [true, 'json', 'further kinds, too many to be told apart', 1],
    ]);
  });

  test('whatever is said, nothing is thrown, nothing uncounted, and no more is kept than the bound', () => {
    const anything = fc.array(
      fc.record({ message: fc.string({ maxLength: 60 }), topic: fc.string({ maxLength: 30 }) }),
    );
    fc.assert(
      fc.property(anything, (all) => {
        const groups = new RejectedGroups(4);
        for (const each of all) groups.take(refused(each));
        const told = groups.all();
        expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
        expect(told.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});
