import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Repeats, WINDOW } from './repeats.ts';

test('what was remembered is known, and nothing else', () => {
  const repeats = new Repeats();
  repeats.remember('d', { boot: 1, n: 5 });
  expect(repeats.has('d', { boot: 1, n: 5 })).toBe(true);
  expect(repeats.has('d', { boot: 1, n: 4 })).toBe(false);
  expect(repeats.has('d', { boot: 1, n: 6 })).toBe(false);
  expect(repeats.has('d', { boot: 2, n: 5 })).toBe(false);
  expect(repeats.has('other', { boot: 1, n: 5 })).toBe(false);
});

test('a device that starts anew counts anew', () => {
  const repeats = new Repeats();
  for (let n = 0; n < 100; n++) repeats.remember('d', { boot: 1, n });
  repeats.remember('d', { boot: 2, n: 0 });
  expect(repeats.has('d', { boot: 2, n: 0 })).toBe(true);
  expect(repeats.has('d', { boot: 2, n: 1 })).toBe(false);
  expect(repeats.has('d', { boot: 1, n: 1 })).toBe(false);
});

test('it never takes a new record for a repeat, and knows every one of the last 1,024', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -5, max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: -3_000, max: 3_000 }) },
  );
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.array(step, { maxLength: 200 }), (start, steps) => {
      const repeats = new Repeats();
      const oracle = new Set<number>();
      let newest = -1;
      let n = start;
      for (const each of steps) {
        n = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, n + each));
        const isInWindow = n > newest - WINDOW;
        expect(repeats.has('d', { boot: 1, n })).toBe(oracle.has(n) && isInWindow);
        repeats.remember('d', { boot: 1, n });
        if (isInWindow) oracle.add(n);
        newest = Math.max(newest, n);
      }
    }),
  );
});

test('it forgets the longest silent device first', () => {
  const repeats = new Repeats(2);
  repeats.remember('a', { boot: 1, n: 1 });
  repeats.remember('b', { boot: 1, n: 1 });
  repeats.remember('a', { boot: 1, n: 2 });
  repeats.remember('c', { boot: 1, n: 1 });
  expect(['a', 'b', 'c'].map((device) => repeats.has(device, { boot: 1, n: 1 }))).toEqual([true, false, true]);
});
