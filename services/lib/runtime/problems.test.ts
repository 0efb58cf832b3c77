import { expect, test } from 'vitest';
import { PROBLEMS_MAX, type Problem, parseServiceStatus } from '#domain/service.ts';
import { Problems } from './problems.ts';

test('list() says what every check says, the most urgent first', () => {
  const problems = new Problems();
  let isFull = false;
  problems.addOne('disk-space', 'high', () => (isFull ? 'the disk is full' : undefined));
  problems.add(() => [
    { id: 'b', text: 'b' },
    { id: 'a', text: 'a\n' },
    { id: 'c', text: 'c', priority: 'critical' },
  ]);
  expect(problems.list()).toEqual([
    { id: 'c', text: 'c', priority: 'critical' },
    { id: 'a', text: 'a ' },
    { id: 'b', text: 'b' },
  ]);
  isFull = true;
  expect(problems.list()?.[1]).toEqual({ id: 'disk-space', text: 'the disk is full', priority: 'high' });
});

test('while a check has not looked yet nothing is said to be well', () => {
  const problems = new Problems();
  let found: Problem[] | undefined;
  problems.addOne('log', 'high', () => 'damaged');
  problems.add(() => found);
  expect(problems.list()).toBeUndefined();
  found = [];
  expect(problems.list()).toHaveLength(1);
});

test('of more than a status takes the most urgent are said, and how many are not', () => {
  const problems = new Problems();
  problems.add(() => Array.from({ length: 100 }, (_, i) => ({ id: `p${i}`, text: 'wrong', priority: 'low' as const })));
  problems.addOne('z', 'critical', () => 'x'.repeat(10_000));
  const list = problems.list() ?? [];
  expect([list[0]?.id, list.length, list.at(-1)]).toEqual([
    'z',
    PROBLEMS_MAX,
    { id: 'more-problems', text: expect.stringContaining('70 more problems') },
  ]);
  const status = { service: 'broker', id: 'broker', status: 'up', since: 1, version: '1', problems: list };
  expect(parseServiceStatus(status)).toEqual(status);
});

test('an id that could be part of no name is a mistake of the programmer', () => {
  expect(() => new Problems().addOne('Disk Space', 'high', () => undefined)).toThrow(
    "'Disk Space' can be no problem's id",
  );
});
