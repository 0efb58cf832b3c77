import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexOf, putIn, type Range, takeOut } from './ranges.ts';

test('ranges are what a set of numbers is, ascending and apart', () => {
  const step = fc.record({ n: fc.nat(40), does: fc.constantFrom('put', 'take') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const ranges: Range[] = [];
      const oracle = new Set<number>();
      for (const { n, does } of steps) {
        expect(indexOf(ranges, n) !== -1).toBe(oracle.has(n));
        if (does === 'take') {
          const held = takeOut(ranges, n);
          expect(held !== undefined && held.from <= n && n <= held.to).toBe(oracle.delete(n));
        } else if (!oracle.has(n)) {
          putIn(ranges, n);
          oracle.add(n);
        }
        const listed = ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
        expect(listed).toEqual([...oracle].sort((a, b) => a - b));
        // No two that are one.
        expect(ranges.every(({ from }, i) => i === 0 || (ranges[i - 1]?.to ?? 0) < from - 1)).toBe(true);
      }
    }),
  );
});

test('takeOut() keeps what else a range says, on both sides of the cut', () => {
  const ranges = [{ from: 3, to: 9, since: 7 }];
  expect(takeOut(ranges, 5)).toEqual({ from: 3, to: 9, since: 7 });
  expect(ranges).toEqual([
    { from: 3, to: 4, since: 7 },
    { from: 6, to: 9, since: 7 },
  ]);
});
