import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageOrder } from './message-order.ts';

const REORDER_MS = 1_000;

type Step = readonly [seq: number | null, now?: number, mark?: number];

/** What was released, as `seq` or `seq?` where it has no place, and `gap n` before what follows one. */
function track(): { order: MessageOrder<number | null>; said: string[]; take: (...steps: Step[]) => void } {
  const said: string[] = [];
  const order: MessageOrder<number | null> = new MessageOrder({
    reorderMs: REORDER_MS,
    release: (item, count) => {
      said.push(count < 0 ? `${item}?` : String(item));
    },
    onGap: (missing) => said.push(`gap ${missing}`),
  });
  order.begin({ seq: 0, mark: 1, sentAt: 1_000 });
  const take = (...steps: Step[]) => {
    for (const [seq, now = 0, mark = 100 + (seq ?? 0)] of steps) {
      order.take({ seq, mark, sentAt: 1_001, item: seq }, now);
    }
  };
  return { order, said, take };
}

test('messages in order go through, round and round', () => {
  const { said, take } = track();
  for (let i = 1; i < 600; i++) take([i % 256, 0, i]);
  expect(said).toEqual(Array.from({ length: 599 }, (_, i) => String((i + 1) % 256)));
});

test('two that changed places are put in order, and nothing is missing', () => {
  const { order, said, take } = track();
  take([1], [3], [2], [4]);
  order.expire(10_000);
  expect(said).toEqual(['1', '2', '3', '4']);
});

test('what is missing is waited for, and not longer', () => {
  const { order, said, take } = track();
  take([1], [3, 100], [4, 200]);
  order.expire(1_099);
  expect(said).toEqual(['1']);
  order.expire(1_100);
  expect(said).toEqual(['1', 'gap 1', '3', '4']);
  take([5]);
  expect(said.slice(4)).toEqual(['5']);
});

test('each that is missing has a time of its own', () => {
  const { order, said, take } = track();
  take([2, 0], [4, 0], [1, 900]);
  order.expire(1_899);
  expect(said).toEqual(['1', '2']);
  order.expire(1_900);
  expect(said).toEqual(['1', '2', 'gap 1', '4']);
});

test('a clock that steps back does not keep anything waiting', () => {
  const { order, said, take } = track();
  take([2, 50_000]);
  order.expire(40_000);
  expect(said).toEqual(['gap 1', '2']);
});

test('several that are missing are one gap', () => {
  const { order, said, take } = track();
  take([5], [3], [9]);
  order.expire(5_000);
  expect(said).toEqual(['gap 6', '3', '5', '9']);
});

test('after a gap nothing is waited for until a birth; what is late has no place', () => {
  const { order, said, take } = track();
  take([2]);
  order.expire(5_000);
  take([3], [7], [8]);
  order.take({ seq: 5, mark: 77, sentAt: 1_000, item: 5 }, 0);
  take([9]);
  expect(said.slice(2)).toEqual(['3', '7', '8', '5?', '9']);
  order.begin({ seq: 0, mark: 2, sentAt: 1_000 });
  take([1], [3]);
  expect(said.slice(7)).toEqual(['1']);
});

test('a number that was passed, by a message that is new: counted anew, and at once a gap', () => {
  const { said, take } = track();
  take([1], [2], [3], [5], [1, 0, 999], [2, 0, 998], [4, 0, 997]);
  expect(said).toEqual(['1', '2', '3', 'gap 2', '5', '1', '2', '4']);
});

test('one that comes again keeps the place it had', () => {
  const counts: number[] = [];
  const order: MessageOrder<string> = new MessageOrder({
    reorderMs: REORDER_MS,
    release: (_, count) => counts.push(count),
    onGap: () => expect.unreachable(),
  });
  const born = order.begin({ seq: 0, mark: 9, sentAt: null });
  for (const seq of [1, 2, 3, 2, 3, 4, 1]) order.take({ seq, mark: seq, sentAt: null, item: '' }, 0);
  order.expire(60_000);
  expect(counts.map((count) => count - born)).toEqual([1, 2, 3, 2, 3, 4, 1]);
});

test('one that waits and comes again is not two', () => {
  const { order, said, take } = track();
  take([2], [2], [1]);
  order.expire(5_000);
  expect(said).toEqual(['2?', '1', '2']);
});

test('messages of the life before have no place, whatever their numbers', () => {
  const { order, said } = track();
  const take = (seq: number, sentAt: number) => order.take({ seq, mark: seq + 500, sentAt, item: seq }, 0);
  for (const seq of [60, 1, 62]) take(seq, 900);
  take(1, 1_001);
  order.expire(5_000);
  expect(said).toEqual(['60?', '1?', '62?', '1']);
});

test('a clock that was set back is no life before: after a while that is a gap, which a birth mends', () => {
  const { order, said } = track();
  const take = (seq: number, sentAt: number) => order.take({ seq, mark: seq + 500, sentAt, item: seq }, 0);
  take(1, 1_001);
  for (let seq = 2; seq < 12; seq++) take(seq, 40 + seq);
  order.expire(10_000);
  expect(said.slice(0, 10)).toEqual(['1', ...Array.from({ length: 8 }, (_, i) => `${i + 2}?`), 'gap 8']);
});

test('what waited and was sent before what it has waited for is of another life', () => {
  const { order, said } = track();
  const take = (seq: number, sentAt: number) => order.take({ seq, mark: seq + 500, sentAt, item: seq }, 0);
  take(2, 1_005);
  take(3, 1_006);
  take(1, 2_000);
  expect(said).toEqual(['1', 'gap 1', '2', '3']);
});

test('too many that wait are a gap at once', () => {
  const { said, take } = track();
  take(...Array.from({ length: 65 }, (_, i): Step => [i + 2]));
  expect(said[0]).toBe('gap 1');
  expect(said).toHaveLength(66);
});

test('a birth without seq: the node numbers nothing, and nothing is missing', () => {
  const { order, said, take } = track();
  order.begin({ seq: null, mark: 3, sentAt: null });
  take([null], [7], [3], [null]);
  order.expire(60_000);
  expect(said).toEqual(['null', '7', '3', 'null']);
});

test('a message without seq of a node that numbers has no place', () => {
  const { said, take } = track();
  take([1], [null], [2]);
  expect(said).toEqual(['1', 'null?', '2']);
});

test('what came before the birth that it belongs to follows it', () => {
  const { order, said, take } = track();
  take([1], [2]);
  order.take({ seq: 11, mark: 5, sentAt: 3_001, item: 11 }, 0);
  expect(said).toEqual(['1', '2']);
  order.begin({ seq: 10, mark: 6, sentAt: 3_000 });
  order.offerAgain(0);
  expect(said.slice(2)).toEqual(['11']);
});

test('at its death what waited is released without a place', () => {
  const { order, said, take } = track();
  take([2], [3]);
  order.end();
  order.expire(60_000);
  expect(said).toEqual(['2?', '3?']);
});

test('any disorder within the timeout is put in order, without a gap', () => {
  const shuffles = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 600 });
  fc.assert(
    fc.property(shuffles, (delays) => {
      const { order, said, take } = track();
      // Each is late by so many places.
      const arrivals = delays.map((delay, i) => ({ i: i + 1, at: i + delay })).sort((a, b) => a.at - b.at || a.i - b.i);
      for (const [now, { i }] of arrivals.entries()) {
        order.expire(now);
        take([i % 256, now, i]);
      }
      order.expire(60_000);
      expect(said).toEqual(delays.map((_, i) => String((i + 1) % 256)));
    }),
  );
});
