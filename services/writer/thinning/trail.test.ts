import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point, Value } from '#domain/point.ts';
import { QUALITIES, type Quality } from '#domain/quality.ts';
import { makeSeries } from '#domain/series.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import { follow, isDue, lapse, type Trail } from './trail.ts';

const series = makeSeries({ site: 's', area: 'a', device: 'd', metric: 'm' });
const L = 10_000;
const door = (within: number): Thinning => ({ kind: 'swingingDoor', within, atLeastEveryMs: L });
const deadband = (within: number): Thinning => ({ kind: 'deadband', within, atLeastEveryMs: L });
const changes: Thinning = { kind: 'changes', within: 0, atLeastEveryMs: L };

type Sample = { readonly at: number; readonly value: Value | null; readonly quality?: Quality; readonly came?: number };

/** One series in a world of its own: a line is the number of its point, and a second passes at each tick. */
class Run {
  readonly kept: number[] = [];
  readonly points: Point[] = [];
  trail: Trail | undefined;
  readonly #thinning: Thinning;

  constructor(thinning: Thinning) {
    this.#thinning = thinning;
  }

  readonly #keep = (line: string) => void this.kept.push(Number(line));

  take({ at, value, quality = 'good', came = at }: Sample): void {
    const point = { series, value, quality, measuredAt: at, late: false };
    const line = String(this.points.push(point) - 1);
    // As a checkpoint keeps it: a state is nothing but its JSON.
    const trail = this.trail && (JSON.parse(JSON.stringify(this.trail)) as Trail);
    this.trail = follow(trail, { point, line, receivedAt: came }, { thinning: this.#thinning, keep: this.#keep });
  }

  tick(now: number): void {
    if (this.trail !== undefined && isDue(this.trail, this.#thinning, now))
      this.trail = lapse(this.trail, now, this.#keep);
  }

  /** Silence for long enough. */
  end(now: number): this {
    for (let at = now; at <= now + 3 * L; at += 1_000) this.tick(at);
    return this;
  }

  get keptAt(): number[] {
    return this.kept.map((i) => this.points[i]?.measuredAt ?? Number.NaN);
  }
}

function run(thinning: Thinning, samples: readonly Sample[]): Run {
  const one = new Run(thinning);
  for (const sample of samples) one.take(sample);
  return one;
}

/** In order, some steps longer than `atLeastEvery`; arriving as they were measured, in a burst, or by a clock that jumps. */
const steps = fc.array(
  fc.record({
    after: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 4_000 }) }, fc.constant(L + 1)),
    by: fc.double({ min: -3, max: 3, noNaN: true }),
  }),
  { minLength: 1, maxLength: 120 },
);
const arrivals = fc.constantFrom<(at: number) => number>(
  (at) => at,
  () => 5,
  (at) => (at % 3 === 0 ? at - 3_600_000 : at),
);

function walk(each: readonly { readonly after: number; readonly by: number }[]): { at: number; value: number }[] {
  let at = 0;
  let value = 0;
  return each.map(({ after, by }) => {
    at += after;
    value += by;
    return { at, value };
  });
}

function lineAt(from: Point, to: Point, at: number): number {
  const [a, b] = [Number(from.value), Number(to.value)];
  return a + ((b - a) * (at - from.measuredAt)) / (to.measuredAt - from.measuredAt);
}

/** The points before and after one that was dropped. */
function around(one: Run, i: number): { before: Point | undefined; after: Point | undefined } {
  const before = one.kept.findLast((each) => each < i);
  const after = one.kept.find((each) => each > i);
  return { before: one.points[before ?? -1], after: one.points[after ?? -1] };
}

const dropped = (one: Run) => [...one.points.keys()].filter((i) => !one.kept.includes(i));

describe('whatever comes in order', () => {
  const cases = fc.record({ steps, came: arrivals, within: fc.constantFrom(0, 0.5, 2, 10), ticks: fc.boolean() });
  const lived = (
    thinning: Thinning,
    given: { steps: { after: number; by: number }[]; came: (at: number) => number; ticks: boolean },
  ) => {
    const one = new Run(thinning);
    for (const { at, value } of walk(given.steps)) {
      if (given.ticks) one.tick(given.came(at));
      one.take({ at, value, came: given.came(at) });
    }
    return one.end(given.came(one.points.at(-1)?.measuredAt ?? 0));
  };

  it('a swinging door drops no point further than its deviation from the line between those kept', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const one = lived(door(given.within), given);
        for (const i of dropped(one)) {
          const { before, after } = around(one, i);
          if (before === undefined || after === undefined) throw new Error(`nothing stands around point ${i}`);
          const { measuredAt, value } = one.points[i] as Point;
          expect(Math.abs(lineAt(before, after, measuredAt) - Number(value))).toBeLessThanOrEqual(given.within + 1e-9);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a deadband drops no value further than it from the last one kept', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const one = lived(deadband(given.within), given);
        for (const i of dropped(one)) {
          const { before } = around(one, i);
          expect(Math.abs(Number(before?.value) - Number(one.points[i]?.value))).toBeLessThanOrEqual(given.within);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('points are kept in order, once, the first and the last among them, and none further apart than atLeastEvery where there were more', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(door, deadband), (given, kind) => {
        const one = lived(kind(given.within), given);
        expect(one.kept).toEqual([...new Set(one.kept)].sort((a, b) => a - b));
        expect([one.kept[0], one.kept.at(-1)]).toEqual([0, one.points.length - 1]);
        for (const [n, i] of one.kept.entries()) {
          const next = one.kept[n + 1];
          if (next === undefined || (one.keptAt[n + 1] ?? 0) - (one.keptAt[n] ?? 0) <= L) continue;
          expect(next).toBe(i + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a point, or a newer one, is kept within atLeastEvery of its coming, to the next tick', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(door, deadband), (given, kind) => {
        const one = new Run(kind(given.within));
        const samples = walk(given.steps);
        for (let now = 0; samples.length > 0 || now <= (one.points.at(-1)?.measuredAt ?? 0) + 2 * L; now += 1_000) {
          while ((samples[0]?.at ?? Number.POSITIVE_INFINITY) <= now)
            one.take({ ...(samples.shift() as Sample), came: now });
          one.tick(now);
          const waits = one.points.findLastIndex(({ measuredAt }) => Math.ceil(measuredAt / 1_000) * 1_000 <= now - L);
          if (waits !== -1) expect(one.kept.at(-1)).toBeGreaterThanOrEqual(waits);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a swinging door', () => {
  it('keeps the ends of a ramp and nothing between, and the corner where it bends', () => {
    const ramp = Array.from({ length: 5 }, (_, i) => ({ at: i * 1_000, value: i }));
    const flat = Array.from({ length: 4 }, (_, i) => ({ at: 5_000 + i * 1_000, value: 4 }));
    expect(run(door(0.1), [...ramp, ...flat]).keptAt).toEqual([0, 4_000]);
    expect(run(door(0.1), [...ramp, ...flat]).end(9_000).keptAt).toEqual([0, 4_000, 8_000]);
  });

  it('is never off by more than its deviation where doors beside the last point would be', () => {
    const one = run(door(1), [
      { at: 0, value: 0 },
      { at: 1_000, value: 1 },
      { at: 2_000, value: -1 },
      { at: 3_000, value: -20 },
    ]);
    expect(one.keptAt).toEqual([0, 1_000, 2_000]);
  });

  it('takes numbers whose difference is none', () => {
    const one = run(door(1), [
      { at: 0, value: 1.7e308 },
      { at: 1_000, value: -1.7e308 },
      { at: 2_000, value: 1.7e308 },
    ]);
    expect(one.keptAt).toEqual([0, 1_000, 2_000]);
  });
});

describe('a deadband', () => {
  it('of 0 keeps changes alone', () => {
    const values = [3, 3, 3, 4, 4, 3];
    expect(
      run(
        deadband(0),
        values.map((value, i) => ({ at: i, value })),
      ).kept,
    ).toEqual([0, 3, 5]);
  });

  it('is measured from the last one kept, not from the last one seen: a slow drift is not lost', () => {
    const drift = Array.from({ length: 9 }, (_, i) => ({ at: i, value: i * 0.4 }));
    expect(run(deadband(1), drift).kept).toEqual([0, 3, 6]);
  });
});

describe('changes', () => {
  it('of booleans and texts are kept, repeats are not', () => {
    expect(
      run(
        changes,
        [true, true, false, false, true].map((value, at) => ({ at, value })),
      ).kept,
    ).toEqual([0, 2, 4]);
    expect(
      run(
        changes,
        ['on', 'on', 'off'].map((value, at) => ({ at, value })),
      ).kept,
    ).toEqual([0, 2]);
  });
});

describe('whatever the thinning', () => {
  const all = [door(1), deadband(1), changes].map((thinning) => [thinning.kind, thinning] as const);

  it.each(all)(
    '%s: both sides of a change of quality are kept, and of equal points of bad quality one',
    (_, thinning) => {
      const qualities: Quality[] = ['good', 'good', 'good', 'bad', 'bad', 'bad', 'good', 'good'];
      const one = run(
        thinning,
        qualities.map((quality, at) => ({ at, value: 1, quality })),
      );
      expect(one.kept).toEqual([0, 2, 3, 5, 6]);
    },
  );

  it.each(all)('%s: values of bad quality are kept when they change by anything', (_, thinning) => {
    const one = run(
      thinning,
      [1, 1.1, 1.1, 1.2].map((value, at) => ({ at, value, quality: 'uncertain' as const })),
    );
    expect(one.kept).toEqual([0, 1, 3]);
  });

  it.each(all)('%s: a value that is missing is no value, and the first after it is kept', (_, thinning) => {
    const one = run(thinning, [
      { at: 0, value: 1 },
      { at: 1, value: null, quality: 'bad' },
      { at: 2, value: null, quality: 'bad' },
      { at: 3, value: 1 },
    ]);
    expect(one.kept).toEqual([0, 1, 2, 3]);
  });

  it.each(all)('%s: the points on both sides of a gap are kept', (_, thinning) => {
    const at = [0, 1_000, 2_000, 2_000 + L + 1, 3_000 + L + 1];
    expect(
      run(
        thinning,
        at.map((each) => ({ at: each, value: 1 })),
      ).kept,
    ).toEqual([0, 2, 3]);
  });

  it.each(all)('%s: late points and repeats go through, and the door closes', (_, thinning) => {
    const at = [0, 1_000, 2_000, 1_500, 2_000, 3_000, 3_000];
    expect(
      run(
        thinning,
        at.map((each) => ({ at: each, value: 1 })),
      ).kept,
    ).toEqual([0, 2, 3, 4, 6]);
  });

  it.each(all)('%s: a clock that steps back holds nothing for longer', (_, thinning) => {
    const one = run(thinning, [
      { at: 0, value: 1, came: 1_000_000 },
      { at: 1_000, value: 1, came: 1_000_000 },
    ]);
    one.tick(900_000);
    expect(one.kept).toEqual([0, 1]);
  });

  it.each(all)(
    '%s: of a series that falls silent the last point is kept, and then nothing of it is known',
    (_, thinning) => {
      const one = run(
        thinning,
        [0, 1_000, 2_000].map((at) => ({ at, value: 1 })),
      );
      one.tick(L);
      expect(one.kept).toEqual([0]);
      one.tick(1_000 + L);
      expect(one.kept).toEqual([0, 2]);
      one.end(L);
      expect([one.kept, one.trail]).toEqual([[0, 2], undefined]);
    },
  );

  it('nothing but the points themselves is kept, whatever comes', () => {
    const value = fc.oneof(
      fc.constantFrom<Value | null>(null, true, false, 'on', 'off'),
      fc.integer({ min: -3, max: 3 }),
    );
    const sample = fc.record({
      at: fc.integer({ min: 0, max: 40_000 }),
      value,
      quality: fc.constantFrom(...QUALITIES),
      came: fc.integer({ min: 0, max: 40_000 }),
    });
    fc.assert(
      fc.property(fc.array(sample), fc.constantFrom(...all.map(([, thinning]) => thinning)), (samples, thinning) => {
        const one = new Run(thinning);
        for (const [i, each] of samples.entries()) {
          one.tick(each.came);
          const newest = one.trail?.held?.at ?? one.trail?.at ?? Number.POSITIVE_INFINITY;
          one.take(each);
          // A late one is never lost, nor is the first.
          if (each.at <= newest) expect(one.kept.at(-1)).toBe(i);
        }
        one.end(40_000);
        expect(new Set(one.kept).size).toBe(one.kept.length);
        expect(one.kept.length === 0).toBe(samples.length === 0);
        expect(one.trail).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
