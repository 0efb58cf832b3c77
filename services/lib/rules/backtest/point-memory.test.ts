import { expect, test } from 'vitest';
import type { SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import { PointMemory, type PointMemoryOptions } from './point-memory.ts';
import { noCounts, type PointSource, type Range } from './point-source.ts';
import type { WantedSeries } from './wanted-series.ts';

const HOUR = 3_600_000;
const START = 500_000 * HOUR;
const SETTLE = 120_000;

/** One point a minute, and everything that was asked of it. */
class MinuteStore {
  readonly asked: Range[] = [];
  end = Number.POSITIVE_INFINITY;

  readonly open = (range: Range, table: SeriesTable): PointSource => {
    this.asked.push(range);
    const points = this.#pointsIn(range, table);
    return {
      counts: noCounts(),
      async *batches() {
        for (let i = 0; i < points.length; i += 7) yield points.slice(i, i + 7);
      },
    };
  };

  #pointsIn({ from, to }: Range, table: SeriesTable): Point[] {
    const series = table.of({ site: 's', area: 'a', device: 'd', metric: 'm' });
    const points: Point[] = [];
    for (let at = Math.ceil(from / 60_000) * 60_000; at < Math.min(to, this.end); at += 60_000)
      points.push({ series, value: at, quality: 'good', measuredAt: at, late: false });
    return points;
  }
}

const WANTED: WantedSeries = new Map([['m', new Set(['d'])]]);

function opened(options: Partial<PointMemoryOptions> = {}) {
  const store = new MinuteStore();
  const memory = new PointMemory({ pointsMax: 10_000, keptMs: 600_000, settleMs: SETTLE, ...options });
  const read = async (range: Range, now: number, wanted = WANTED) => {
    const source = memory.source({ wanted, range, now, open: store.open });
    const points: Point[] = [];
    for await (const batch of source.batches()) points.push(...batch);
    return { moments: points.map(({ measuredAt }) => measuredAt), isFromMemory: source.isFromMemory, points };
  };
  return { store, memory, read };
}

function minutes({ from, to }: Range): number[] {
  return Array.from({ length: Math.ceil((to - from) / 60_000) }, (_, i) => from + i * 60_000);
}

test('the second question about a past range reads nothing, and gives the same', async () => {
  const { store, read } = opened();
  const range = { from: START, to: START + 3 * HOUR };
  const now = START + 10 * HOUR;
  expect(await read(range, now)).toMatchObject({ moments: minutes(range), isFromMemory: false });
  expect(await read(range, now)).toMatchObject({ moments: minutes(range), isFromMemory: true });
  const inner = { from: START + HOUR, to: START + 2 * HOUR };
  expect(await read(inner, now)).toMatchObject({ moments: minutes(inner), isFromMemory: true });
  expect(store.asked).toEqual([range]);
});

test('a range that begins a little earlier, as a longer delay wants, is still at hand', async () => {
  const { store, read } = opened();
  const now = START + 10 * HOUR;
  await read({ from: START + 59 * 60_000, to: START + 2 * HOUR }, now);
  const wider = { from: START + 30 * 60_000, to: START + 2 * HOUR };
  expect(await read(wider, now)).toMatchObject({ moments: minutes(wider), isFromMemory: true });
  expect(store.asked).toHaveLength(1);
});

test('of a range that ends now only what is not settled is read again, and what came since is there', async () => {
  const { store, read } = opened();
  const now = START + 2 * HOUR;
  store.end = now - 60_000; // the newest minute is not yet in the store
  await read({ from: START, to: now }, now);
  store.end = Number.POSITIVE_INFINITY;
  const later = { from: START, to: now + 300_000 };
  const again = await read(later, now + 300_000);
  expect(again).toMatchObject({ moments: minutes(later), isFromMemory: true });
  expect(store.asked.at(-1)).toEqual({ from: now - SETTLE, to: now + 300_000 });
  const third = { from: START, to: now + 360_000 };
  expect(await read(third, now + 360_000)).toMatchObject({ moments: minutes(third) });
  expect(store.asked.at(-1)).toEqual({ from: now + 300_000 - SETTLE, to: now + 360_000 });
  expect(new Set(again.points.map(({ series }) => series)).size).toBe(1);
});

test('other series, an earlier begin and what is old are read anew', async () => {
  const { store, read } = opened();
  const range = { from: START + HOUR, to: START + 2 * HOUR };
  const now = START + 10 * HOUR;
  await read(range, now);
  expect((await read(range, now, new Map([['m', null]]))).isFromMemory).toBe(false);
  expect((await read({ ...range, from: START }, now)).isFromMemory).toBe(false);
  expect((await read(range, now + 600_000)).isFromMemory).toBe(false);
  expect(store.asked).toHaveLength(4);
});

test('what was broken off is not remembered', async () => {
  const { store, memory, read } = opened();
  const range = { from: START, to: START + 3 * HOUR };
  const now = START + 10 * HOUR;
  for await (const _ of memory.source({ wanted: WANTED, range, now, open: store.open }).batches()) break;
  expect(await read(range, now)).toMatchObject({ moments: minutes(range), isFromMemory: false });
});

test('a long range asked for again much later does not hold more than the bound while it is read', async () => {
  const { store, memory, read } = opened({ pointsMax: 150, keptMs: 24 * HOUR });
  const first = { from: START, to: START + 2 * HOUR };
  await read(first, first.to);
  const weight = memory.weight;
  expect(weight).toBe(118);
  const now = START + 5 * HOUR;
  const whole = { from: START, to: now };
  expect(await read(whole, now)).toMatchObject({ moments: minutes(whole), isFromMemory: true });
  // What was there stays, and what did not fit is asked for again.
  expect(memory.weight).toBe(weight);
  expect(await read(whole, now)).toMatchObject({ moments: minutes(whole), isFromMemory: true });
  expect(store.asked.at(-1)).toEqual({ from: first.to - SETTLE, to: now });
  const near = { from: START, to: first.to + 600_000 };
  expect(await read(near, near.to)).toMatchObject({ moments: minutes(near), isFromMemory: true });
  expect(memory.weight).toBe(128);
});

test('it is bounded: the entry that was used last stays, and what is too large is read and not kept', async () => {
  const { memory, read } = opened({ pointsMax: 150 });
  const now = START + 20 * HOUR;
  const [first, second] = [
    { from: START, to: START + HOUR },
    { from: START + 2 * HOUR, to: START + 3 * HOUR },
  ];
  await read(first, now);
  await read(second, now);
  await read(first, now);
  await read({ from: START + 4 * HOUR, to: START + 5 * HOUR }, now);
  expect(memory.weight).toBeLessThanOrEqual(150);
  expect((await read(first, now)).isFromMemory).toBe(true);
  expect((await read(second, now)).isFromMemory).toBe(false);
  const large = { from: START + 6 * HOUR, to: START + 12 * HOUR };
  expect((await read(large, now)).moments).toEqual(minutes(large));
  expect((await read(large, now)).isFromMemory).toBe(false);
  expect(memory.weight).toBeGreaterThan(0);
});
