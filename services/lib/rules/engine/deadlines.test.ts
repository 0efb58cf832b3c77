import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeadlineOwner, Deadlines } from './deadlines.ts';

const never = Number.POSITIVE_INFINITY;

describe('Deadlines', () => {
  it('gives the owners that are due, each once, at its newest deadline only', () => {
    const owners = Array.from({ length: 4 }, (_, id) => ({ id, dueAt: never, queuedAt: never }));
    const set = fc.tuple(fc.nat(3), fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Number.POSITIVE_INFINITY)));
    const pop = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(fc.array(fc.oneof(set, pop), { maxLength: 60 }), (steps) => {
        for (const owner of owners) Object.assign(owner, { dueAt: never, queuedAt: never });
        const deadlines = new Deadlines<(typeof owners)[number]>();
        const model = new Map<number, number>();
        for (const step of steps) {
          if (Array.isArray(step)) {
            const [id, at] = step;
            const owner = owners[id];
            if (owner !== undefined) deadlines.set(owner, at);
            if (at === Number.POSITIVE_INFINITY) model.delete(id);
            else model.set(id, at);
          } else {
            const due = [...model].filter(([, at]) => at <= step).map(([id]) => id);
            const given: number[] = [];
            for (let owner = deadlines.pop(step); owner !== undefined; owner = deadlines.pop(step))
              given.push(owner.id);
            expect(given.toSorted()).toEqual(due.toSorted());
            expect(given.map((id) => model.get(id))).toEqual(
              given.map((id) => model.get(id)).toSorted((a = 0, b = 0) => a - b),
            );
            for (const id of due) model.delete(id);
          }
          expect(deadlines.next()).toBe(Math.min(Number.POSITIVE_INFINITY, ...model.values()));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not grow with the samples that move a deadline on', () => {
    const deadlines = new Deadlines<DeadlineOwner>();
    const owner = { dueAt: never, queuedAt: never };
    for (let at = 0; at < 100_000; at++) deadlines.set(owner, at + 604_800_000);
    expect(deadlines.size).toBe(1);
  });
});
