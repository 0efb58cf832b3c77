import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '#domain/point.ts';
import { makeSeries } from '#domain/series.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import { follow, type Trail } from '../thinning/trail.ts';
import { MINUTE_MS } from './hour.ts';
import { weigh } from './weigh.ts';

const L = 3 * MINUTE_MS;
const door = (within: number): Thinning => ({ kind: 'swingingDoor', within, atLeastEveryMs: L });
const band = (within: number): Thinning => ({ kind: 'deadband', within, atLeastEveryMs: L });
const changes: Thinning = { kind: 'changes', within: 0, atLeastEveryMs: L };
const S = 1_000;

type Sample = readonly [at: number, value: Value | null, q?: number];

function weighed(samples: readonly Sample[], thinning: Thinning, span = { from: 0, to: 10 * MINUTE_MS }) {
  const values = samples.map(([at, value, q = null]) => [
    at,
    typeof value === 'number' ? value : null,
    typeof value === 'boolean' ? value : null,
    typeof value === 'string' ? value : null,
    q,
  ]);
  const { columns, values: rows } = weigh(
    { tags: {}, columns: ['time', 'value', 'flag', 'text', 'q'], values },
    thinning,
    span,
  );
  const minutes = rows.map((row) => {
    const fields = columns.map((column, i) => [column, row[i]] as const).filter(([, value]) => value !== null);
    return Object.fromEntries(fields) as Record<string, number>;
  });
  return minutes.sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
}

describe('weigh()', () => {
  it('takes a line between two points, also over minutes without any', () => {
    const [zero, one, two] = weighed(
      [
        [30 * S, 0],
        [150 * S, 120],
      ],
      door(1),
    );
    expect(zero).toEqual({ time: 0, min: 0, max: 30, sum: 15 * 30, count: 30, first: 0, last: 30 });
    expect(one).toEqual({ time: MINUTE_MS, min: 30, max: 90, sum: 60 * 60, count: 60, first: 30, last: 90 });
    expect(two).toMatchObject({ min: 90, max: 120, count: 30, first: 90, last: 120 });
  });

  it('holds the first of two points of a deadband', () => {
    const [zero] = weighed(
      [
        [0, 1],
        [45 * S, 9],
        [60 * S, 5],
      ],
      band(1),
    );
    expect(zero).toEqual({ time: 0, min: 1, max: 9, sum: 60 * 3, count: 60, first: 1, last: 9 });
  });

  it('gives booleans and texts what was so first and last, and for how long it is known', () => {
    expect(
      weighed(
        [
          [0, true],
          [90 * S, false],
        ],
        changes,
      ),
    ).toEqual([
      { time: 0, flagCount: 60, flagFirst: true, flagLast: true },
      { time: MINUTE_MS, flagCount: 30, flagFirst: true, flagLast: false },
    ]);
    expect(
      weighed(
        [
          [0, 'on'],
          [30 * S, 'off'],
        ],
        changes,
      ),
    ).toEqual([{ time: 0, textCount: 30, textFirst: 'on', textLast: 'off' }]);
  });

  it('knows nothing across a gap, and counts points where there is nothing else', () => {
    const rows = weighed(
      [
        [10 * S, 4],
        [20 * S + L, 6],
      ],
      door(1),
    );
    expect(rows.map(({ time, mean, sum, count }) => [time, mean, sum, count])).toEqual([
      [0, undefined, 4, 1],
      [L, undefined, 6, 1],
    ]);
  });

  it('knows nothing from a value that is missing on, and draws no line to one that is not good', () => {
    const rows = weighed(
      [
        [0, 10],
        [20 * S, 90, 2],
        [40 * S, null, 2],
        [50 * S, 10],
      ],
      door(1),
    );
    expect(rows).toEqual([{ time: 0, min: 10, max: 90, sum: 40 * 50, count: 40, first: 10, last: 10 }]);
  });

  it('says nothing of what is outside the span', () => {
    const span = { from: MINUTE_MS, to: 2 * MINUTE_MS };
    expect(
      weighed(
        [
          [0, 1],
          [150 * S, 1],
        ],
        door(1),
        span,
      ).map(({ time }) => time),
    ).toEqual([MINUTE_MS]);
  });
});

/** Whole seconds, so that the middle of each second weighs as much as all of it. */
const walks = fc.array(fc.record({ after: fc.integer({ min: 1, max: 40 }), by: fc.integer({ min: -20, max: 20 }) }), {
  minLength: 2,
  maxLength: 60,
});

function walk(steps: readonly { readonly after: number; readonly by: number }[]): (readonly [number, number])[] {
  let [at, value] = [0, 0];
  return steps.map(({ after, by }) => {
    at += after * S;
    value += by / 10;
    return [at, value] as const;
  });
}

/** What is kept of it in the end. */
function thinned(samples: readonly (readonly [number, number])[], thinning: Thinning): (readonly [number, number])[] {
  const series = makeSeries({ site: 's', area: 'a', device: 'd', metric: 'm' });
  const kept = new Set<string>([String(samples.length - 1)]);
  let trail: Trail | undefined;
  for (const [i, [measuredAt, value]] of samples.entries()) {
    const point = { series, value, quality: 'good', measuredAt, late: false } as const;
    trail = follow(trail, { point, line: String(i), receivedAt: 0 }, { thinning, keep: (line) => kept.add(line) });
  }
  return samples.filter((_, i) => kept.has(String(i)));
}

const span = { from: 0, to: 100 * MINUTE_MS };
const meanOf = ({ sum = 0, count = 1 }: Record<string, number>) => sum / count;

describe('weigh() of random series', () => {
  it('has the mean of every second', () => {
    fc.assert(
      fc.property(walks, fc.constantFrom(door(0), band(0)), (steps, thinning) => {
        const samples = walk(steps);
        const values = new Map<number, number[]>();
        for (const [i, [at, value]] of samples.entries()) {
          const [nextAt, next] = samples[i + 1] ?? [at, value];
          for (let second = at + S / 2; second < nextAt; second += S) {
            const minute = Math.floor(second / MINUTE_MS) * MINUTE_MS;
            const here =
              thinning.kind === 'deadband' ? value : value + ((next - value) * (second - at)) / (nextAt - at);
            values.set(minute, [...(values.get(minute) ?? []), here]);
          }
        }
        const found = weighed(samples, thinning, span);
        for (const row of found) {
          const all = values.get(row.time ?? 0) ?? [];
          if (all.length === 0) continue;
          expect(row.count).toBe(all.length);
          expect(meanOf(row)).toBeCloseTo(all.reduce((sum, value) => sum + value, 0) / all.length, 9);
        }
        expect(found.length).toBeGreaterThanOrEqual(values.size);
      }),
    );
  });

  it.each([0.3, 1, 5])('of what is kept is within %d of that of all', (within) => {
    fc.assert(
      fc.property(walks, fc.constantFrom(door(within), band(within)), (steps, thinning) => {
        const samples = walk(steps);
        const all = weighed(samples, thinning, span);
        const kept = weighed(thinned(samples, thinning), thinning, span);
        expect(kept.map(({ time, count }) => [time, count])).toEqual(all.map(({ time, count }) => [time, count]));
        for (const [i, row] of kept.entries()) {
          for (const of of [
            meanOf,
            ({ min = 0 }) => min,
            ({ max = 0 }) => max,
            ({ first = 0 }) => first,
            ({ last = 0 }) => last,
          ] as const)
            expect(Math.abs(of(row) - of(all[i] ?? {}))).toBeLessThanOrEqual(within + 1e-9);
        }
      }),
      { numRuns: 200 },
    );
  });
});
