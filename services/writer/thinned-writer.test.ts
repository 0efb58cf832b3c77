// The writer with series that are thinned: what comes to the store when, and what a next life knows.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeSeries } from '#domain/series.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import { StoreError } from './store-error.ts';
import { MemoryStore, openTestWriter, type TestWriterOptions } from './testing.ts';
import type { Plan } from './thinning/thinner.ts';

const { key, shard } = makeSeries({ site: 's', area: 'a', device: 'd', metric: 'level' });
const L = 60_000;
const plan: Plan = {
  ...{ site: 's', area: 'a', device: 'd', model: 'm' },
  metrics: { level: { kind: 'swingingDoor', within: 0.5, atLeastEveryMs: L } },
};
const line = (value: number, at: number) => `${key} value=${value} ${at}`;
const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 2 });

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

/** A writer that thins, and a clock of its own. */
async function open(options: TestWriterOptions = {}) {
  const store = options.store instanceof MemoryStore ? options.store : new MemoryStore();
  const clock = { now: 0 };
  const parts = await openTestWriter({ store, ...options, changes: { now: () => clock.now, ...options.changes } });
  opened.push(parts.writer);
  const take = (...lines: readonly string[]) => parts.take(lines.join('\n'), `points/v1/${shard}`);
  const tickAt = (now: number) => {
    clock.now = now;
    parts.writer.tick();
  };
  return { ...parts, store, take, tickAt };
}

const stored = (store: MemoryStore) => store.lines.map(({ text }) => text);

describe('a thinned series', () => {
  it('comes to the store with what is kept of it, each line as it came, and nothing else waits', async () => {
    const { writer, take, acked, store } = await open();
    writer.plan(plan);
    take(line(0, 0), 'reading,device=other value=5 5');
    for (let n = 1; n < 10; n++) take(line(n, n));
    take(line(50, 10));
    await soon(() => expect(acked).toHaveLength(11));
    await soon(() => expect(writer.oldestReceivedAt).toBeUndefined());
    expect(stored(store)).toEqual([line(0, 0), 'reading,device=other value=5 5', line(9, 9)]);
  });

  it('has its newest point in the store when atLeastEvery has passed since it came, to the tick', async () => {
    const { writer, take, store, tickAt } = await open();
    writer.plan(plan);
    take(line(1, 0));
    take(line(1, 1_000));
    await soon(() => expect(stored(store)).toEqual([line(1, 0)]));
    tickAt(L - 1);
    await soon(() => expect(writer.oldestReceivedAt).toBeUndefined());
    expect(stored(store)).toEqual([line(1, 0)]);
    tickAt(L);
    await soon(() => expect(stored(store)).toEqual([line(1, 0), line(1, 1_000)]));
  });

  it('is whole from where its plan ends', async () => {
    const { writer, take, store } = await open();
    writer.plan(plan);
    for (let n = 0; n < 3; n++) take(line(1, n));
    writer.plan({ ...plan, metrics: {} });
    for (let n = 3; n < 6; n++) take(line(1, n));
    await soon(() => expect(stored(store)).toEqual([0, 2, 3, 4, 5].map((n) => line(1, n))));
  });

  it('is not kept by ticks while messages wait on disk, since the next one may decide it', async () => {
    const { writer, take, store, tickAt } = await open({ changes: { memoryBytesMax: 1_000 } });
    writer.plan(plan);
    store.answer = () => {
      throw new StoreError('away', 'retry');
    };
    for (let n = 0; n < 200; n++) take(line(n % 2 === 0 ? 0 : 9, n));
    await soon(() => expect(writer.isBehind).toBe(true));
    tickAt(L);
    store.answer = () => {};
    const kept = Array.from({ length: 199 }, (_, n) => line(n % 2 === 0 ? 0 : 9, n));
    await soon(() => expect(stored(store)).toEqual(kept));
  });
});

describe('what is left out', () => {
  it('takes its turn behind what the store does not take, so that memory stays bounded', async () => {
    const { writer, take, store, acked } = await open({ changes: { memoryBytesMax: 2_000 } });
    writer.plan(plan);
    store.answer = () => {
      throw new StoreError('away', 'retry');
    };
    for (let n = 0; n < 200; n++) take(line(1, n));
    await soon(() => expect(acked).toHaveLength(200));
    expect([writer.isBehind, writer.oldestReceivedAt]).toEqual([true, 0]);
    store.answer = () => {};
    await soon(() => expect([writer.isBehind, writer.oldestReceivedAt]).toEqual([false, undefined]));
    expect(stored(store)).toEqual([line(1, 0)]);
  });
});

describe('the next life', () => {
  it('knows what was held, though the store has all before it and the journal has let go of it', async () => {
    const files = new PowerCutFiles();
    const store = new MemoryStore();
    const first = await open({ files, store });
    first.writer.plan(plan);
    for (let n = 0; n < 500; n++) first.take(line(0, n));
    await soon(() => expect(first.acked).toHaveLength(500));
    let now = 0;
    await soon(() => {
      now += 100;
      first.tickAt(now);
      expect(first.journal.bytes).toBeLessThan(5_000);
    });
    await first.writer[Symbol.asyncDispose]();
    await first.journal[Symbol.asyncDispose]();
    expect(stored(store)).toEqual([line(0, 0)]);
    const next = await open({ files, store });
    next.take(line(0, 500));
    next.take(line(50, 501));
    await soon(() => expect(store.distinct).toEqual([line(0, 0), line(0, 500)]));
    next.tickAt(now + L);
    await soon(() => expect(store.distinct).toEqual([line(0, 0), line(0, 500), line(50, 501)]));
  });
});

describe('a full disk', () => {
  it('is made room on out of what the store has taken, and what was held is in the store before', async () => {
    const files = new PowerCutFiles();
    const { writer, take, acked, store, tickAt, journal } = await open({ files });
    writer.plan(plan);
    for (let n = 0; n < 300; n++) take(line(0, n));
    await soon(() => expect(acked).toHaveLength(300));
    files.bytesFree = 0;
    for (let n = 300; n < 310; n++) take(line(0, n));
    await soon(() => expect(writer.journalProblem()).toContain('the disk is full'));
    expect(stored(store)).toEqual([line(0, 0)]);
    const dropOldest = journal.dropOldest.bind(journal);
    const storedAtDrop: boolean[] = [];
    vi.spyOn(journal, 'dropOldest').mockImplementation(async (before) => {
      const hasDropped = await dropOldest(before);
      if (hasDropped) storedAtDrop.push(store.has(line(0, 309)));
      return hasDropped;
    });
    let now = 0;
    await soon(() => {
      now = Math.min(now + 1_000, L / 2);
      tickAt(now);
      expect(acked).toHaveLength(310);
    });
    expect(store.distinct).toEqual([line(0, 0), line(0, 309)]);
    expect([storedAtDrop.length > 0, storedAtDrop.every((each) => each)]).toEqual([true, true]);
  });
});

describe('checkpoints', () => {
  it('that are larger than a segment are not written for every message', async () => {
    const { writer, take, acked, journal } = await open();
    const metrics = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`level${i}`, { ...plan.metrics.level }]));
    writer.plan({ ...plan, metrics: metrics as Plan['metrics'] });
    const lines = (n: number) => Object.keys(metrics).map((metric) => line(0, n).replace('level', metric));
    const written = vi.spyOn(journal, 'appendCheckpoint');
    for (let n = 0; n < 50; n++) take(...lines(n));
    await soon(() => expect(acked).toHaveLength(50));
    const before = written.mock.calls.length;
    writer.tick();
    for (let n = 50; n < 150; n++) take(...lines(n));
    await soon(() => expect(acked).toHaveLength(150));
    const bytes = written.mock.results.slice(before).reduce((sum, { value }) => sum + value.bytes, 0);
    expect(bytes).toBeLessThan(2 * 100 * lines(0).join('\n').length);
    expect(written.mock.calls.length - before).toBeGreaterThan(1);
  });
});
