// The newest sample alone is what is found by reading everything: from memory, from chunks and their summaries, and from what is
// kept at hand, whatever was written late, deleted, dropped, expired or reopened in between.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SampleValue, TIME_MAX, TIME_MIN } from '../../influxql/store.ts';
import { TestEngine } from '../testing.ts';

const DAY_US = 86_400_000_000;
const NOW_US = 100 * DAY_US;
const SHORT = { name: 'short', durationUs: 3 * DAY_US, shardDurationUs: DAY_US, isDefault: false };
const POLICIES = ['raw', 'short'] as const;
const DEVICES = ['1', '2'] as const;
const OPEN = { samples: 1_500 };

/** What each field holds of a number. */
const FIELDS: { readonly [field: string]: (n: number) => SampleValue } = {
  v: (n) => n / 10,
  i: (n) => (n % 3 === 0 ? BigInt(n) + 2n ** 60n : n),
  s: (n) => (n % 5 === 0 ? 'long '.repeat(30) + n : `${n}`),
  b: (n) => n % 2 === 0,
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-newest-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Policy = (typeof POLICIES)[number];
type Model = Map<string, Map<number, number>>;

async function opened(): Promise<TestEngine> {
  const engine = await TestEngine.openPlant(folder, OPEN);
  await engine.engine.change({ kind: 'create-policy', database: 'plant', policy: SHORT });
  return engine;
}

function lineOf(device: string, at: number, n: number): string {
  return `m,d=${device} v=${n / 10},i=${FIELDS.i?.(n)}i,s="${FIELDS.s?.(n)}",b=${n % 2 === 0} ${at}`;
}

const device = fc.constantFrom(...DEVICES);
const policy = fc.constantFrom<Policy>(...POLICIES);
const number = fc.integer({ min: 0, max: 999 });
/** Near each other, over several files, and on both sides of what is kept. */
const moment = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 12 }))
  .map(([days, s]) => NOW_US - days * DAY_US - s * 1_000_000);
const points = fc.array(fc.tuple(device, moment, number), { minLength: 1, maxLength: 6 });
const range = fc.tuple(moment, moment).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

type Act = (engine: TestEngine, model: Model) => Promise<TestEngine>;
const act = (run: (engine: TestEngine, model: Model) => Promise<unknown>): Act => {
  return async (engine, model) => {
    await run(engine, model);
    return engine;
  };
};

async function write(engine: TestEngine, model: Model, of: Policy, all: readonly [string, number, number][]) {
  const lines = all.map(([d, at, n]) => lineOf(d, at, n)).join('\n');
  await engine.write(lines, { policy: of, nowUs: NOW_US });
  for (const [d, at, n] of all) {
    if (of === 'short' && at < NOW_US - SHORT.durationUs) continue;
    const key = `${of} ${d}`;
    model.set(key, (model.get(key) ?? new Map()).set(at, n));
  }
}

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(policy, points).map(([of, all]) => act((e, m) => write(e, m, of, all))) },
  {
    // As many as have a summary.
    weight: 2,
    arbitrary: fc.tuple(policy, device, moment).map(([of, d, at]) => {
      const run = Array.from({ length: 300 }, (_, n): [string, number, number] => [d, at - 5_000_000 + n * 25_000, n]);
      return act((e, m) => write(e, m, of, run));
    }),
  },
  { weight: 3, arbitrary: fc.constant(act((engine) => engine.engine.seal())) },
  {
    weight: 2,
    arbitrary: fc.tuple(device, range).map(([d, { from, to }]) =>
      act(async (engine, model) => {
        const series = POLICIES.map((name) => ({ policy: name, measurement: 'm', key: `m,d=${d}` }));
        await engine.engine.change({ kind: 'delete-samples', database: 'plant', series, from, to });
        for (const name of POLICIES) {
          const all = model.get(`${name} ${d}`);
          for (const at of [...(all?.keys() ?? [])]) if (at >= from && at <= to) all?.delete(at);
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(policy, device).map(([of, d]) =>
      act(async (engine, model) => {
        const series = [{ policy: of, measurement: 'm', key: `m,d=${d}` }];
        await engine.engine.change({ kind: 'drop-series', database: 'plant', series });
        model.delete(`${of} ${d}`);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 4 }).map((days) =>
      act(async (engine, model) => {
        const nowUs = NOW_US + days * DAY_US;
        await engine.engine.seal();
        await engine.engine.expire(nowUs);
        const keptFrom = Math.floor((nowUs - SHORT.durationUs) / DAY_US) * DAY_US;
        for (const d of DEVICES) {
          const all = model.get(`short ${d}`);
          for (const at of [...(all?.keys() ?? [])]) if (at < keptFrom) all?.delete(at);
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Act>(async (engine) => {
      await engine[Symbol.asyncDispose]();
      return opened();
    }),
  },
);

function expectNewest({ store }: TestEngine, model: Model, { from, to }: { from: number; to: number }): void {
  for (const of of POLICIES) {
    const series = [...(store.measurement('plant', of, 'm')?.series() ?? [])];
    const found = new Map(series.map((one) => [one.tags.get('d'), one]));
    for (const d of DEVICES) {
      const within = [...(model.get(`${of} ${d}`) ?? [])].filter(([at]) => at >= from && at <= to);
      const newest = within.sort(([a], [b]) => b - a)[0];
      for (const [field, held] of Object.entries(FIELDS)) {
        const pages = found.get(d)?.pages(field, { from, to, descending: true, expected: 1 }) ?? [];
        const [page] = pages;
        const answer = page && [page.times[0], page.values[0]];
        expect([of, d, field, answer]).toEqual([of, d, field, newest && [newest[0], held(newest[1])]]);
      }
    }
  }
}

test('the newest sample is the newest of all, over everything that can happen to it', async () => {
  // Not looked at after every step: what was kept at hand before it must not be what is told after the next.
  const step = fc.record({ act: acts, isLookedAt: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), range, async (steps, narrow) => {
      rmSync(folder, { recursive: true, force: true });
      const model: Model = new Map();
      let engine = await opened();
      try {
        for (const [i, { act: run, isLookedAt }] of steps.entries()) {
          engine = await run(engine, model);
          if (!isLookedAt && i < steps.length - 1) continue;
          engine.refresh();
          for (const over of [{ from: TIME_MIN, to: TIME_MAX }, narrow, { from: TIME_MIN, to: narrow.to }])
            expectNewest(engine, model, over);
        }
      } finally {
        await engine[Symbol.asyncDispose]();
      }
    }),
    { numRuns: 40 },
  );
});

test('a file that retention has deleted and late samples make anew is another file to who has read it', async () => {
  await using engine = await opened();
  const at = NOW_US - 2 * DAY_US;
  const model: Model = new Map();
  await write(engine, model, 'short', [['1', at, 1]]);
  await engine.engine.seal();
  engine.refresh();
  expectNewest(engine, model, { from: TIME_MIN, to: TIME_MAX });
  await engine.engine.expire(NOW_US + 5 * DAY_US);
  model.clear();
  await write(engine, model, 'short', [['1', at + 1_000_000, 2]]);
  await engine.engine.seal();
  engine.refresh();
  expectNewest(engine, model, { from: TIME_MIN, to: TIME_MAX });
  expect(engine.samples('v', { policy: 'short' })).toEqual([[at + 1_000_000, 0.2]]);
});
