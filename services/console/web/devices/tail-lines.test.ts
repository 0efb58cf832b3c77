import { describe, expect, test } from 'vitest';
import type { TailLine, TailPart } from '../../api/devices.ts';
import { cleared, type KeptTail, LINES_MAX, NO_TAIL, tailFile, tailGroups, withBreak, withPart } from './tail-lines.ts';

const payload = { payload: '{"t": 1}', encoding: 'text', bytes: 8, isCut: false } as const;
const raw = (n: number, topic = 'plant/v1/a/b/c/tele'): TailLine => ({
  ...{ n, receivedAt: n, kind: 'raw', topic, qos: 1, retained: false, ...payload },
});
const point = { metric: 'level', value: 4, quality: 'good', measuredAt: 1, late: false, unit: null } as const;
const points = (n: number): TailLine => ({ n, receivedAt: n, kind: 'points', points: [point], more: 0 });
const reject = (n: number): TailLine => ({
  ...{ n, receivedAt: n, kind: 'reject', reason: 'json', message: 'not JSON', place: null, topic: 't', ...payload },
});
const part = (lines: readonly TailLine[], dropped = 0): TailPart => ({ now: 0, lines, dropped, problem: null });
const groupsOf = (tail: KeptTail, search = '', order: 'newest' | 'oldest' = 'oldest') =>
  tailGroups(tail.lines, { search, order }).map(({ head, rest }) => [
    head?.kind ?? null,
    ...rest.map(({ kind }) => kind),
  ]);

test('the newest lines are kept, and all are counted', () => {
  const tail = [1, 2].reduce((kept) => withPart(kept, part(Array.from({ length: 400 }, (_, i) => raw(i)))), NO_TAIL);
  expect([tail.lines.length, tail.count, tail.lines.at(-1)?.id]).toEqual([LINES_MAX, 800, 799]);
});

test('what was left out counts over a break of the stream, behind which the server counts anew', () => {
  const before = withPart(NO_TAIL, part([raw(1)], 7));
  const broken = withBreak(withBreak(before, 5), 6);
  const after = withPart(broken, part([raw(1)], 2));
  expect(after.droppedBefore + after.dropped).toBe(9);
  expect(after.lines.map(({ kind }) => kind)).toEqual(['raw', 'break', 'raw']);
  expect(new Set(after.lines.map(({ id }) => id)).size).toBe(3);
});

test('a stream that breaks before anything came leaves no mark', () => {
  expect(withBreak(NO_TAIL, 5).lines).toEqual([]);
});

test('clearing takes the lines, and not the counts', () => {
  expect(cleared(withPart(NO_TAIL, part([raw(1)], 3)))).toMatchObject({ lines: [], count: 1, dropped: 3 });
});

describe('tailGroups()', () => {
  const tail = withPart(NO_TAIL, part([points(1), raw(2), points(3), reject(4), raw(5, 'plant/v1/a/b/c/log')]));

  test('puts beside a message what came next', () => {
    expect(groupsOf(tail)).toEqual([[null, 'points'], ['raw', 'points', 'reject'], ['raw']]);
  });

  test('the newest first, where that is wanted, and within a message in order', () => {
    expect(groupsOf(tail, '', 'newest')).toEqual([['raw'], ['raw', 'points', 'reject'], [null, 'points']]);
  });

  test.each([
    ['log', [['raw']]],
    ['not json', [['raw', 'points', 'reject']]],
    [
      'LEVEL good',
      [
        [null, 'points'],
        ['raw', 'points', 'reject'],
      ],
    ],
    ['nothing of it', []],
  ])('finds %j', (search, groups) => {
    expect(groupsOf(tail, search)).toEqual(groups);
  });

  test('what comes behind a break stands by itself', () => {
    const broken = withPart(withBreak(withPart(NO_TAIL, part([raw(1)])), 5), part([points(1)]));
    expect(groupsOf(broken)).toEqual([['raw'], ['break'], [null, 'points']]);
  });
});

test('a file has a line of JSON for each, as the server told it', () => {
  const lines = tailFile(withPart(NO_TAIL, part([raw(1), points(2)])).lines).split('\n');
  expect(lines.map((line) => line && JSON.parse(line))).toEqual([raw(1), points(2), '']);
});
