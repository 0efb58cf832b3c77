// Roll-ups against the plainest oracle, over random lives: points late, twice and corrected, a store that fails, power cuts.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, test, vi } from 'vitest';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { createRandom, type Random } from '#domain/random.ts';
import { makeSeries, type Series } from '#domain/series.ts';
import { shardOf } from '#domain/shard.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import type { Store } from '../influx.ts';
import { openJournal } from '../journal.ts';
import { PointReader } from '../point-reader.ts';
import { StoreError } from '../store-error.ts';
import { FOLDER, mortal } from '../testing.ts';
import { Thinner } from '../thinning/thinner.ts';
import { Writer } from '../writer.ts';
import { HOUR_MS, MINUTE_MS, type SavedHour } from './hour.ts';
import { expectedRollUps, type PublishedPoint } from './oracle.ts';
import { PlantStore } from './plant-store.ts';
import { RollUps, type RollUpsOptions, type ThinnedSeries } from './roll-ups.ts';

const SEEDS = 25;
const LIVES = 6;
const START = Date.UTC(2026, 0, 1);
const SPAN_MS = 3 * HOUR_MS;

const NOT_THINNED = { thinningOf: () => undefined, plansIn: () => [] };

type Message = PublishedPoint & { isAcked: boolean };
const table = new SeriesTable();

function lineOf({ at, value, ...name }: PublishedPoint): string {
  return encodePoint({ series: table.of(name), value, quality: 'good', measuredAt: at, late: false });
}

/** A clock, a broker with one queue, and devices that repeat and correct themselves. */
class World {
  now = START;
  readonly sent: Message[] = [];
  readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  publish(): Message {
    const pick = <T>(of: readonly T[]): T => of[Math.floor(this.random() * of.length)] as T;
    const metric = pick(['level', 'running', 'mode']);
    // Seldom of long ago: a bucket that is touched again and again would be right in the end whatever was forgotten.
    const isOld = this.random() < 0.02;
    const known =
      this.sent.length > 0 && this.random() < 0.2 ? pick(isOld ? this.sent : this.sent.slice(-10)) : undefined; // the same moment again
    const spreadMs = isOld ? SPAN_MS : 90_000;
    const point = known ?? {
      site: 's',
      area: pick(['a', 'b']),
      device: pick(['d1', 'd2']),
      metric,
      at: Math.max(START, Math.floor((this.now - this.random() * spreadMs) / 1_000) * 1_000),
    };
    const value = { level: Math.floor(this.random() * 9) - 4, running: this.random() < 0.5, mode: pick(['on', 'off']) };
    const message = { ...point, value: value[point.metric as keyof typeof value], isAcked: false };
    this.sent.push(message);
    return message;
  }
}

async function start(world: World, files: PowerCutFiles, store: Store) {
  const { journal, checkpoint } = await openJournal<readonly SavedHour[]>(FOLDER, {
    files,
    segmentBytesMax: 4_000,
    onDamage: () => {},
    onFatal: () => expect.unreachable(),
  });
  const rollUps = new RollUps({ ...rollUpOptions(world, store), saved: checkpoint?.state ?? [] });
  const points = new PointReader();
  const writer = new Writer({
    ...{ store, journal, checkpoint, lanes: 2, requestBytesMax: 2_000, memoryBytesMax: 5_000, journalBytesMax: 1e6 },
    retryMsMax: 1,
    thinner: new Thinner({ onDropped: () => {} }),
    state: () => rollUps.saved(),
    refuse: () => expect.unreachable(),
    onSafe: (texts) => {
      for (const text of texts) points.read(text, (series, at) => rollUps.mark(series, at));
    },
    onNotCreated: () => expect.unreachable(),
    now: () => world.now,
    clock: () => 0,
  });
  const take = (message: Message) =>
    writer.take({
      topic: `points/v1/${shardOf(message.site, message.area)}`,
      payload: Buffer.from(lineOf(message)),
      qos: 1,
      retained: false,
      ack: () => {
        message.isAcked = true;
      },
    });
  for (const message of world.sent) if (!message.isAcked) take(message);
  return { writer, rollUps, take };
}

function rollUpOptions(world: { readonly now: number }, store: Store): RollUpsOptions {
  return {
    store,
    database: 'plant',
    thinned: NOT_THINNED,
    saved: [],
    settleMs: 10_000,
    requestBytesMax: 500,
    retryMsMax: 1,
    keepRawMs: Number.POSITIVE_INFINITY,
    onWritten: () => {},
    onRefused: () => expect.unreachable(),
    onFailed: () => {},
    now: () => world.now,
  };
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))('the oracle agrees, seed %i', async (seed) => {
  const random = createRandom(seed);
  const world = new World(random);
  const store = new PlantStore();
  let files = new PowerCutFiles();
  for (let life = 0; life < LIVES; life++) {
    store.gate = () => {
      if (random() < 0.3) throw new StoreError('503', 'retry');
      if (random() < 0.05) throw new StoreError('not now', 'create');
    };
    const reach = mortal(store);
    const { writer, rollUps, take } = await start(world, files, reach);
    for (let i = 0; i < 150; i++) {
      const fate = random();
      if (fate < 0.5) take(world.publish());
      else if (fate < 0.7) await turn();
      else {
        world.now += Math.floor(random() * 3 * MINUTE_MS);
        writer.tick();
        rollUps.tick();
      }
    }
    reach.die();
    files = files.cut(random);
  }
  store.gate = () => {};
  const last = await start(world, files, store);
  await using _writer = last.writer;
  const isStored = () => Object.keys(store.points('raw')).length === Object.keys(expectedRollUps(world.sent, 1)).length;
  for (let i = 0; i < 20_000 && !(isStored() && world.sent.every(({ isAcked }) => isAcked)); i++) await turn();
  for (let i = 0; i < 100; i++) await turn();
  for (let i = 0; i < 1_000 && last.rollUps.open.hours > 0; i++) {
    world.now += 5 * MINUTE_MS;
    last.rollUps.tick();
    await last.rollUps.settled();
  }
  expect(last.rollUps.open).toEqual({ hours: 0, failing: 0 });
  expect(store.points('r1m')).toEqual(expectedRollUps(world.sent, MINUTE_MS));
  expect(store.points('r1h')).toEqual(expectedRollUps(world.sent, HOUR_MS));
});

describe('RollUps', () => {
  const key = 'reading,area=a,device=d,metric=m,site=s';
  const area = makeSeries({ site: 's', area: 'a', device: 'd', metric: 'm' });
  const open = (change: Partial<RollUpsOptions> = {}) => {
    const world = { now: START + 30_000 };
    const store = new PlantStore();
    let queries = 0;
    const query = (influxql: string) => {
      queries++;
      return store.query(influxql);
    };
    const asked = { ...mortal(store), query };
    const rollUps = new RollUps({ ...rollUpOptions(world, asked), now: () => world.now, ...change });
    const point = async (at: number, value: number) => {
      await store.write(`${key} value=${value} ${START + at}`, 'raw');
      rollUps.mark(area, START + at);
    };
    const tickAt = async (at: number) => {
      world.now = START + at;
      rollUps.tick();
      await rollUps.settled();
    };
    const counts = (policy: 'r1m' | 'r1h') => Object.values(store.points(policy)).map(({ count }) => count);
    return { store, rollUps, point, tickAt, counts, queries: () => queries };
  };

  it('writes a minute once it is over and has settled, the hour when it is', async () => {
    const { point, tickAt, counts, queries, rollUps } = open();
    await point(10_000, 1);
    await tickAt(69_000);
    expect(counts('r1m')).toEqual([]);
    await tickAt(70_000);
    expect([counts('r1m'), counts('r1h'), queries()]).toEqual([[1], [], 1]);
    await tickAt(HOUR_MS);
    expect(counts('r1h')).toEqual([]);
    await tickAt(HOUR_MS + 10_000);
    expect([counts('r1h'), rollUps.open.hours, queries()]).toEqual([[1], 0, 2]);
  });

  it('writes minute and hour again for a point that is hours late', async () => {
    const { point, tickAt, counts } = open();
    await point(10_000, 1);
    await tickAt(HOUR_MS + 10_000);
    await tickAt(HOUR_MS + 21_000);
    await tickAt(5 * HOUR_MS);
    await point(20_000, 1);
    await tickAt(5 * HOUR_MS + 10_000);
    await tickAt(5 * HOUR_MS + 20_000);
    expect([counts('r1m'), counts('r1h')]).toEqual([[2], [2]]);
  });

  it('asks for late points of one hour together, and not at every tick', async () => {
    const { point, tickAt, queries } = open();
    await tickAt(2 * HOUR_MS);
    for (let minute = 0; minute < 60; minute++) await point(minute * MINUTE_MS, minute);
    for (let s = 0; s <= 60; s++) await tickAt(2 * HOUR_MS + s * 1_000);
    expect(queries()).toBe(6 + 1);
  });

  it('goes on with others where the store cannot answer for one, and comes back to that one', async () => {
    const { store, point, tickAt, rollUps, counts } = open();
    await point(10_000, 1);
    rollUps.mark({ ...area, area: 'zero' }, START);
    await store.write('reading,area=b,device=d,metric=m,site=s value=1 1767225600000', 'raw');
    rollUps.mark({ ...area, area: 'b' }, START);
    let fails = 1;
    store.gate = () => {
      if (fails-- > 0) throw new StoreError('unsupported value: +Inf', 'split');
    };
    await tickAt(80_000);
    expect([counts('r1m'), rollUps.open.failing]).toEqual([[1], 1]);
    await tickAt(90_000);
    expect([counts('r1m'), rollUps.open.failing]).toEqual([[1, 1], 0]);
  });

  it('says what is wrong once nothing has come right for minutes', async () => {
    const { store, point, tickAt, rollUps, counts } = open();
    await point(10_000, 1);
    store.gate = () => {
      throw new StoreError('403: not allowed to read', 'retry');
    };
    await tickAt(80_000);
    expect(rollUps.problem()).toBeUndefined();
    await tickAt(80_000 + 5 * MINUTE_MS);
    expect(rollUps.problem()).toBe('no roll-up has been made for 5 minutes: 403: not allowed to read');
    store.gate = () => {};
    await tickAt(80_000 + 7 * MINUTE_MS);
    expect([rollUps.problem(), counts('r1m')]).toEqual([undefined, [1]]);
  });

  it('says so too where a policy is missing and cannot be made', async () => {
    const store = new PlantStore();
    const world = { now: START + 80_000 };
    const unmade: Store = {
      query: (text) => store.query(text),
      create: async () => ['403: not allowed'],
      write: async () => {
        throw new StoreError('500: retention policy not found: r1m', 'create');
      },
    };
    using rollUps = new RollUps({ ...rollUpOptions(world, unmade), now: () => world.now });
    await store.write(`${key} value=1 ${START}`, 'raw');
    rollUps.mark(area, START);
    world.now += 20_000;
    rollUps.tick();
    await turn();
    world.now += 6 * MINUTE_MS;
    await vi.waitFor(() => expect(rollUps.problem()).toContain('it could not be made: 403: not allowed'));
  });

  it('leaves a bucket alone whose raw points the store may have let go of', async () => {
    const { point, tickAt, queries, rollUps } = open({ keepRawMs: 24 * HOUR_MS });
    await tickAt(23 * HOUR_MS);
    await point(10_000, 1);
    await tickAt(24 * HOUR_MS);
    expect([queries(), rollUps.open.hours]).toEqual([0, 0]);
  });
});

describe('RollUps of thinned series', () => {
  const L = 5 * MINUTE_MS;
  const door: Thinning = { kind: 'swingingDoor', within: 1, atLeastEveryMs: L };
  const names = { site: 's', area: 'a', device: 'd' };
  const thin = makeSeries({ ...names, metric: 'thin' });
  const whole = makeSeries({ ...names, metric: 'whole' });
  const thinnedSeries: ThinnedSeries = {
    thinningOf: ({ key }) => (key === thin.key ? door : undefined),
    plansIn: () => [{ ...names, model: 'm', metrics: { thin: door } }],
  };
  const open = (saved: readonly SavedHour[] = [], store = new PlantStore()) => {
    const world = { now: START };
    const options = { ...rollUpOptions(world, store), now: () => world.now, thinned: thinnedSeries, saved };
    const rollUps = new RollUps(options);
    const point = async (series: Series, at: number, value: number) => {
      await store.write(`${series.key} value=${value} ${START + at}`, 'raw');
      rollUps.mark(series, START + at);
    };
    const tickAt = async (at: number) => {
      world.now = START + at;
      rollUps.tick();
      await rollUps.settled();
    };
    const of = (series: Series, policy: 'r1m' | 'r1h') =>
      Object.entries(store.points(policy)).flatMap(([key, { mean, count }]) =>
        key.startsWith(series.key.replace('reading,', '')) ? [[mean, count]] : [],
      );
    return { store, rollUps, point, tickAt, of };
  };

  it('weighs them once what is around has been kept, and leaves the others as they are', async () => {
    const { point, tickAt, of } = open();
    await point(thin, 0, 0);
    await point(thin, 10_000, 100);
    for (let s = 0; s < 60; s += 10) await point(whole, s * 1_000, s);
    await tickAt(MINUTE_MS + 10_000);
    expect([of(thin, 'r1m'), of(whole, 'r1m')]).toEqual([[], [[25, 6]]]);
    await point(thin, 4 * MINUTE_MS + 10_000, 100);
    await tickAt(MINUTE_MS + L + 10_000);
    expect(of(thin, 'r1m')).toEqual([[(50 * 10 + 100 * 50) / 60, 60]]);
    await tickAt(5 * MINUTE_MS + 2 * L + 20_000);
    expect(of(thin, 'r1m').map(([, count]) => count)).toEqual([60, 60, 60, 60, 10]);
    await tickAt(HOUR_MS + 2 * L + 30_000);
    expect([of(thin, 'r1h'), of(whole, 'r1h')]).toEqual([[[(50 * 10 + 100 * 240) / 250, 250]], [[25, 6]]]);
  });

  it('weighs them again for a point that comes late', async () => {
    const { point, tickAt, of, rollUps } = open();
    await point(thin, 0, 0);
    await point(thin, MINUTE_MS, 0);
    await tickAt(2 * L + MINUTE_MS);
    expect(of(thin, 'r1m')[0]).toEqual([0, 60]);
    await point(thin, 30_000, 60);
    for (let at = 2 * L; at < 2 * HOUR_MS; at += L) await tickAt(at);
    // The last point, of which nothing is known but itself, is in a minute of its own.
    expect(of(thin, 'r1m')).toEqual([
      [30, 60],
      [0, 1],
    ]);
    expect(of(thin, 'r1h')).toEqual([[(30 * 60) / 61, 61]]);
    expect(rollUps.open).toEqual({ hours: 0, failing: 0 });
  });

  it('are finished by the next life', async () => {
    const first = open();
    await first.point(thin, 0, 0);
    await first.point(thin, 30_000, 60);
    const saved = JSON.parse(JSON.stringify(first.rollUps.saved()));
    const next = open(saved, first.store);
    for (let at = 0; at < 2 * HOUR_MS; at += L) await next.tickAt(at);
    expect([next.of(thin, 'r1m'), next.of(thin, 'r1h')]).toEqual([[[30, 30]], [[30, 30]]]);
  });
});
