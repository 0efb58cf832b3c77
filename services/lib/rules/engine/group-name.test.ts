import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinGroup, splitGroup } from './group-name.ts';

it('gives different groups different names', () => {
  expect(joinGroup(['a.b', 'c'])).toBe('a..b.c');
  expect(joinGroup(['a', 'b.c'])).toBe('a.b..c');
  expect(joinGroup(['v1.2'])).toBe('v1.2');
});

it('makes no name of what could not be read back, or is none', () => {
  for (const values of [['a.', 'b'], ['a', '.b'], ['a', ''], ['a b', 'c'], ['']])
    expect(joinGroup(values)).toBeUndefined();
});

it('can be read back', () => {
  const value = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,6}[a-z0-9])?$/);
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
      const name = joinGroup(values);
      if (name !== undefined) expect(splitGroup(name, values.length)).toEqual(values);
    }),
    { numRuns: 2_000 },
  );
});
