import { describe, expect, test } from 'vitest';
import type { TailLine, TailPart } from '../../api/devices.ts';
import { cleared, type KeptTail, LINES_MAX, NO_TAIL, tailFile, tailGroups, withBreak, withPart } from './tail-lines.ts';

const payload = { payload: '{"t": 1}', encoding: 'text', bytes: 8, isCut: false } as const;
const raw = (n: number, topic = 'plant/v1/a/b/c/tele'): TailLine => ({
  ...{ n, receivedAt: n, kind: 'raw', topic, qos: 1, retained: false, ...payload },
});
const point = { metric: 'level', value: 4, quality: 'good', measuredAt: 1, late: false, unit: null } as const;
const points = (n: number): TailLine => ({ n, receivedAt: n, kind: 'points', points: [point], more: 0 });
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

const tele = (n: number, text: string): TailLine => ({
  ...{ n, receivedAt: n, kind: 'raw', topic: 'plant/v1/a/b/c/tele', qos: 1, retained: false },
  ...{ payload: text, encoding: 'text', bytes: text.length, isCut: false },
});
const log = (n: number, text: string): TailLine => ({ ...tele(n, text), topic: 'plant/v1/a/b/c/log' }) as TailLine;
const pointsOf = (n: number, ...values: [metric: string, value: number][]): TailLine => ({
  ...{ n, receivedAt: n, kind: 'points', more: 2 },
  points: values.map(([metric, value]) => ({ ...point, metric, value })),
});
const refusal = (n: number, text: string): TailLine => ({
  ...{
    n,
    receivedAt: n,
    kind: 'reject',
    reason: 'json',
    message: 'not JSON',
    place: null,
    topic: 'plant/v1/a/b/c/tele',
  },
  ...{ payload: text, encoding: 'text', bytes: text.length, isCut: false },
});
const told = (...lines: TailLine[]) => withPart(NO_TAIL, part(lines));
const shown = (tail: KeptTail) =>
  tailGroups(tail.lines, { search: '', order: 'oldest' }).map(({ head, rest }) => [
    head?.kind === 'raw' ? head.payload : (head?.kind ?? null),
    ...rest.map((line) => (line.kind === 'points' ? line.points.map(({ value }) => value).join() : line.reason)),
  ]);

describe('what became of a message stands beside it', () => {
  test('however many came before it was known', () => {
    const burst = [tele(1, '{"level": 1}'), tele(2, '{"level":'), tele(3, '{"level": 3}'), log(4, 'level 3')];
    const tail = told(...burst, refusal(5, '{"level":'), pointsOf(6, ['level', 1], ['level', 3]));
    expect(shown(tail)).toEqual([['{"level": 1}', '1'], ['{"level":', 'json'], ['{"level": 3}', '3'], ['level 3']]);
  });

  test('also where it is told with a later part, and only once says what is more', () => {
    const tail = withPart(told(tele(1, '{"a": 1}'), tele(2, '{"b": 2}')), part([pointsOf(3, ['a', 1], ['b', 2])]));
    expect(shown(tail)).toEqual([
      ['{"a": 1}', '1'],
      ['{"b": 2}', '2'],
    ]);
    expect(tail.lines.flatMap((line) => (line.kind === 'points' ? [line.more] : []))).toEqual([0, 2]);
  });

  test('a value that was converted stands beside the newest message that names it', () => {
    expect(shown(told(tele(1, '{"t": 68}'), tele(2, '{"t": 70}'), pointsOf(3, ['t', 21.1])))).toEqual([
      ['{"t": 68}'],
      ['{"t": 70}', '21.1'],
    ]);
  });

  test('what no message names stands beside one that came just before, and not beside an older one', () => {
    expect(shown(told(tele(1, '7'), pointsOf(2, ['level', 8])))).toEqual([['7', '8']]);
    expect(shown(told(tele(1, '7'), pointsOf(2_002, ['level', 8])))).toEqual([['7'], [null, '8']]);
  });

  test('what came before the stream, and what is of another message, stands alone', () => {
    expect(shown(told(pointsOf(1, ['level', 1])))).toEqual([[null, '1']]);
    expect(shown(told(tele(1, '{"a": 1}'), refusal(2, '{"b"')))).toEqual([['{"a": 1}'], [null, 'json']]);
    expect(shown(told(log(1, 'level 1'), pointsOf(2, ['level', 1])))).toEqual([['level 1'], [null, '1']]);
  });

  test('what belongs to a message that is kept no more stands alone', () => {
    const tail = withPart(told(tele(1, '{"a": 1}')), part(Array.from({ length: LINES_MAX }, (_, i) => log(i, 'x'))));
    expect(shown(withPart(tail, part([pointsOf(3, ['a', 1])]))).at(-1)).toEqual([null, '1']);
  });
});

describe('tailGroups()', () => {
  const tail = told(points(1), tele(2, '{"level": 4}'), points(3), refusal(4, '{"level": 4}'), log(5, 'hello'));

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
});

test('a file has a line of JSON for each, with what it belongs to', () => {
  const lines = tailFile(told(tele(1, '{"level": 4}'), points(2)).lines).split('\n');
  expect(lines.map((line) => line && JSON.parse(line))).toEqual([tele(1, '{"level": 4}'), { ...points(2), of: 0 }, '']);
});
