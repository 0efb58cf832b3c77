import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '#domain/point.ts';
import { pointOf, SECOND, T0 } from './testing.ts';
import { TimeOrder } from './time-order.ts';

function run(order: TimeOrder, pieces: readonly (readonly number[])[]): number[] {
  const out: Point[] = [];
  for (const piece of pieces) {
    for (const at of piece) order.add(pointOf(T0 + at, at));
    out.push(...order.take());
  }
  out.push(...order.end());
  return out.map(({ measuredAt }) => measuredAt - T0);
}

const moments = fc.array(fc.nat(60 * SECOND), { maxLength: 60 });

describe('TimeOrder', () => {
  it('gives what is out of order within the hold as if it had come in order', () => {
    expect(run(new TimeOrder(10), [[0, 5, 3], [4, 12, 9], [11]])).toEqual([0, 3, 4, 5, 9, 11, 12]);
  });

  it('counts what comes later than the hold', () => {
    const order = new TimeOrder(10);
    expect(
      run(order, [
        [0, 20],
        [9, 10, 21],
      ]),
    ).toEqual([0, 10, 20, 21]);
    expect(order.tooLate).toBe(1);
  });

  it('gives the same whatever the pieces are', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 7 }), (all, size) => {
        const cut = Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
        expect(run(new TimeOrder(10 * SECOND), cut)).toEqual(run(new TimeOrder(10 * SECOND), [all]));
      }),
    );
  });

  it('is in order, always, and loses nothing that it does not count', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 5 }), (all, heldMax) => {
        const order = new TimeOrder(10 * SECOND, heldMax);
        const out = run(
          order,
          all.map((at) => [at]),
        );
        expect(out).toEqual(out.toSorted((a, b) => a - b));
        expect(out.length + order.tooLate).toBe(all.length);
      }),
    );
  });

  it('holds no more than it may', () => {
    const order = new TimeOrder(60 * SECOND, 10);
    for (let i = 0; i < 100; i++) order.add(pointOf(T0 + i, i));
    expect(order.take().length).toBeGreaterThanOrEqual(45);
  });
});
