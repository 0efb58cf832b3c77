// The engine against a plain map.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TIME_MAX, TIME_MIN } from '../influxql/store.ts';
import { TestEngine } from './testing.ts';

const DAY_US = 86_400_000_000;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-engine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened = (options?: Parameters<typeof TestEngine.open>[1]) => TestEngine.openPlant(folder, options);

test('whatever is written, sealed and reopened in any order reads as a plain map does', async () => {
  const time = fc.oneof(
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: 4 }).map((days) => days * DAY_US),
    fc.integer({ min: 0, max: 2_000 }).map((s) => s * 2_000_000),
  );
  const point = fc.tuple(
    fc.integer({ min: 0, max: 2 }),
    time,
    fc.integer({ min: -99, max: 999 }).map((n) => n / 10),
  );
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.array(point, { minLength: 1, maxLength: 80 }).map((points) => ({ points })) },
    { weight: 2, arbitrary: fc.constant('seal' as const) },
    { weight: 1, arbitrary: fc.constant('reopen' as const) },
  );
  const range = fc.tuple(time, time).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), range, async (steps, { from, to }) => {
      rmSync(folder, { recursive: true, force: true });
      const model = new Map<number, Map<number, number>>();
      let engine = await opened({ samples: 120 });
      try {
        for (const one of steps) {
          if (one === 'seal') await engine.engine.seal();
          else if (one === 'reopen') {
            await engine[Symbol.asyncDispose]();
            engine = await opened({ samples: 120 });
          } else {
            await engine.write(one.points.map(([d, at, v]) => `m,d=${d} v=${v} ${at}`).join('\n'));
            for (const [d, at, v] of one.points) model.set(d, (model.get(d) ?? new Map()).set(at, v));
          }
          const within = (all: Map<number, number>) =>
            [...all].filter(([at]) => at >= from && at <= to).sort(([a], [b]) => a - b);
          const all = [...model.values()].flatMap(within);
          expect(engine.samples('v', { from, to }).sort()).toEqual(all.sort());
          const down = [...model.values()].flatMap((values) => within(values).reverse());
          expect(engine.samples('v', { from, to, descending: true }).sort()).toEqual(down.sort());
          expectOrder(engine);
        }
      } finally {
        await engine[Symbol.asyncDispose]();
      }
    }),
    { numRuns: 40 },
  );
});

/** Each series ascends and descends without a moment twice, and its newest comes first where only that is asked for. */
function expectOrder({ store }: TestEngine): void {
  for (const series of store.measurement('plant', 'raw', 'm')?.series() ?? []) {
    const read = (descending: boolean, expected?: number) =>
      [...series.pages('v', { from: TIME_MIN, to: TIME_MAX, descending, ...(expected && { expected }) })].flatMap(
        ({ times, values }) => [...times].map((at, i) => [at, values[i]]),
      );
    const up = read(false);
    expect(up.every(([at], i) => i === 0 || (up[i - 1]?.[0] as number) < (at as number))).toBe(true);
    expect(read(true)).toEqual(up.toReversed());
    expect(read(true, 1)).toEqual(up.toReversed());
    expect(read(true, 5)).toEqual(up.toReversed());
  }
}
