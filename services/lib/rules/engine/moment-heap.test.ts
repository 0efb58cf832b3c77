import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MomentHeap } from './moment-heap.ts';

const moment = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(1_700_000_000_000.5));
const step = fc.oneof({ weight: 3, arbitrary: moment }, { weight: 2, arbitrary: fc.constant('pop' as const) });

describe('MomentHeap', () => {
  it('gives what it was given, the earliest first, each once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const heap = new MomentHeap<{ at: number }>();
        const model = new Set<{ at: number }>();
        for (const each of steps) {
          if (each === 'pop') {
            const { earliest } = heap;
            const top = heap.peek();
            expect(heap.pop()).toBe(top);
            expect(top?.at ?? Number.POSITIVE_INFINITY).toBe(earliest);
            expect(top === undefined || model.delete(top)).toBe(true);
          } else {
            const thing = { at: each };
            heap.push(each, thing);
            model.add(thing);
          }
          expect(heap.size).toBe(model.size);
          expect(heap.earliest).toBe(Math.min(Number.POSITIVE_INFINITY, ...[...model].map(({ at }) => at)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps its order while it grows far and shrinks again', () => {
    const heap = new MomentHeap<number>();
    const moments = Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 5_000);
    for (const at of moments) heap.push(at, at);
    const given = Array.from({ length: 4_990 }, () => heap.pop());
    for (const at of [3, 1, 2]) heap.push(at, at);
    while (heap.size > 0) given.push(heap.pop());
    expect(given).toEqual([
      ...Array.from({ length: 4_990 }, (_, i) => i),
      1,
      2,
      3,
      ...[...Array(10).keys()].map((i) => 4_990 + i),
    ]);
    expect(heap.pop()).toBeUndefined();
  });
});
