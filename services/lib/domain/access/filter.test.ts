import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesFilter } from '../topic.ts';
import { covers, filterProblem } from './filter.ts';

const level = fc.constantFrom('a', 'b', '$SYS', '');
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 0, maxLength: 3 }), fc.boolean())
  .map(([levels, isOpen]) => (isOpen || levels.length === 0 ? [...levels, '#'] : levels).join('/'))
  .filter((text) => filterProblem(text) === undefined);
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));

describe('covers()', () => {
  test.each([
    ['#', 'a/b/#', true],
    ['a/#', 'a', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/#', false],
    ['a/b', 'a/#', false],
    ['a/b', 'a/+', false],
    ['a/+/c', 'a/b/c', true],
    ['+/+', '+/+', true],
    ['#', '$SYS/#', false],
    ['+/a', '$SYS/a', false],
    ['$SYS/#', '$SYS/broker/+', true],
    ['a/b/c', 'a/b', false],
  ])('%s over %s: %s', (wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });

  test('never covers a filter of which it does not match a topic', () => {
    fc.assert(
      fc.property(filter, filter, topic, (wide, narrow, each) => {
        if (covers(wide, narrow) && matchesFilter(narrow, each)) expect(matchesFilter(wide, each)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  test('covers every filter itself', () => {
    fc.assert(fc.property(filter, (each) => covers(each, each)));
  });
});

test.each([
  ['', 'at least one character'],
  ['a/#/b', "'#' stands at the end"],
  ['a#', 'a level of its own'],
  ['a/b+', 'a level of its own'],
  ['a\0', 'no NUL'],
])('filterProblem(%j) tells what is wrong', (text, words) => {
  expect(filterProblem(text)).toContain(words);
});
