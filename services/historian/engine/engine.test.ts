import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TIME_MAX, TIME_MIN } from '../influxql/store.ts';
import { RAW, TestEngine } from './testing.ts';

const DAY_US = 86_400_000_000;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-engine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened = (options?: Parameters<typeof TestEngine.open>[1]) => TestEngine.openPlant(folder, options);

const stored = (count: number) => ({
  kind: 'taken',
  stored: count,
  dropped: 0,
  reason: '',
  unreadable: 0,
  problems: '',
});

describe('write()', () => {
  test('stores every type, and reads it back from memory, after a seal and after a restart', async () => {
    const lines = 'm f=1.5,i=9007199254740993i,b=true,s="a \\"b\\" ü" 10\nm f=-2,i=-3i,b=false,s="" 20\n';
    const check = (engine: TestEngine) => {
      expect(engine.samples('f')).toEqual([
        [10, 1.5],
        [20, -2],
      ]);
      expect(engine.samples('i')).toEqual([
        [10, 9007199254740993n],
        [20, -3],
      ]);
      expect(engine.samples('b')).toEqual([
        [10, true],
        [20, false],
      ]);
      expect(engine.samples('s', { descending: true })).toEqual([
        [20, ''],
        [10, 'a "b" ü'],
      ]);
    };
    {
      await using engine = await opened();
      expect(await engine.write(lines)).toEqual(stored(2));
      check(engine);
    }
    {
      await using engine = await opened();
      check(engine);
      await engine.engine.seal();
      expect(engine.engine.headSamples).toBe(0);
      check(engine);
    }
    await using engine = await opened();
    check(engine);
  });

  test('tells of lines that are none, of those that do not fit and of those too old, and stores the rest', async () => {
    await using engine = await opened();
    await engine.engine.change({
      kind: 'create-policy',
      database: 'plant',
      policy: { ...RAW, name: 'short', durationUs: 100, isDefault: false },
    });
    expect(await engine.write('m v=1 1\nnonsense\nm v=2i 2\n# note\n\nm v=3 3\nm v= 4\n')).toEqual({
      ...stored(2),
      dropped: 1,
      reason: 'field type conflict: input field "v" on measurement "m" is type integer, already exists as type float',
      unreadable: 2,
      problems: "unable to parse 'nonsense': missing fields\nunable to parse 'm v= 4': missing field value",
    });
    expect(await engine.write('m v=1 1\nm v=2 60', { policy: 'short', nowUs: 150 })).toMatchObject({
      stored: 1,
      dropped: 1,
      reason: 'points beyond retention policy',
    });
    expect(await engine.write('m v=1', { policy: 'none' })).toEqual({ kind: 'no-policy', name: 'none' });
    expect(engine.samples('v')).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  test('a name by any spelling is one series', async () => {
    await using engine = await opened();
    await engine.write('m\\,x,b=2,a=1 v=1 1\nm\\,x,a=1,b=2 v=2 2\nm\\,x,a=1,b=2 v\\ w=3 3\n');
    await engine.write('m\\,x,a=1,b=2 v=4 4');
    expect(engine.samples('v', { measurement: 'm,x' })).toEqual([
      [1, 1],
      [2, 2],
      [4, 4],
    ]);
    expect(engine.samples('v w', { measurement: 'm,x' })).toEqual([[3, 3]]);
    engine.store.refresh();
    const keys = [...(engine.store.measurement('plant', 'raw', 'm,x')?.series() ?? [])].map(({ key }) => key);
    expect(keys).toEqual(['m\\,x,a=1,b=2']);
  });

  test('bytes that are no UTF-8 cost their line and no other', async () => {
    await using engine = await opened();
    const body = Buffer.concat([Buffer.from('m v=1 1\nm s="'), Buffer.of(0xff), Buffer.from('" 2\nm v=3 3')]);
    const outcome = await engine.engine.write({ database: 'plant', policy: undefined, precision: 'u', body, nowUs: 0 });
    expect(outcome).toMatchObject({ stored: 2, unreadable: 1, problems: expect.stringContaining('invalid UTF-8') });
    expect(engine.samples('v')).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  test('two points within one microsecond are refused instead of becoming one', async () => {
    await using engine = await opened();
    const write = (body: string) =>
      engine.engine.write({ database: 'plant', policy: undefined, precision: 'n', body: Buffer.from(body), nowUs: 0 });
    expect(
      await write('m v=1 1700000000000000001\nm v=2 1700000000000000002\nm v=3 1700000000000001002'),
    ).toMatchObject({
      stored: 2,
      dropped: 1,
      reason: expect.stringContaining('within one microsecond'),
    });
    expect(engine.samples('v')).toEqual([
      [1_700_000_000_000_000, 1],
      [1_700_000_000_000_001, 3],
    ]);
  });

  test('more series than are allowed are refused', async () => {
    await using engine = await opened({ seriesMax: 2 });
    expect(await engine.write('m,a=1 v=1 1\nm,a=2 v=1 1\nm,a=3 v=1 1\nm,a=1 v=2 2')).toMatchObject({
      stored: 3,
      dropped: 1,
      reason: 'max-series-per-database limit exceeded: (2)',
    });
  });

  test('a body larger than memory is stored in portions', async () => {
    await using engine = await opened({ samples: 20_000 });
    const lines = Array.from({ length: 50_000 }, (_, i) => `m,d=${i % 7} v=${i} ${i}`);
    expect(await engine.write(lines.join('\n'))).toEqual(stored(50_000));
    expect(engine.samples('v')).toHaveLength(50_000);
  });
});

describe('change()', () => {
  test('a measurement, a policy and a database are gone when dropped, also after a restart, and can be made again', async () => {
    {
      await using engine = await opened();
      await engine.write('m v=1 1\nn v=1i 1');
      await engine.engine.seal();
      await engine.write('m v=2 2');
      await engine.engine.change({ kind: 'drop-measurement', database: 'plant', name: 'm' });
      expect(engine.samples('v')).toEqual([]);
      await engine.write('m v=3i 3');
      expect(engine.samples('v')).toEqual([[3, 3]]);
    }
    await using engine = await opened();
    expect(engine.samples('v')).toEqual([[3, 3]]);
    await engine.engine.change({ kind: 'create-policy', database: 'plant', policy: { ...RAW, name: 'new' } });
    expect(engine.samples('v')).toEqual([[3, 3]]);
    expect(engine.store.policies('plant')?.map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['raw', false],
      ['new', true],
    ]);
    await engine.engine.change({ kind: 'drop-policy', database: 'plant', name: 'raw' });
    expect(engine.samples('v')).toEqual([]);
    await engine.engine.change({ kind: 'drop-database', name: 'plant' });
    engine.store.refresh();
    expect(engine.store.databases()).toEqual([]);
    await engine.engine.seal();
    expect(readdirSync(folder).filter((name) => name.startsWith('policy'))).toEqual([]);
  });

  test('deleting samples leaves what is written afterwards, and forgets a series that is empty', async () => {
    const address = (key: string) => ({ policy: 'raw', measurement: 'm', key });
    {
      await using engine = await opened();
      await engine.write('m,a=1 v=1 1\nm,a=1 v=2 2\nm,a=2 v=3 3');
      await engine.engine.change({
        kind: 'delete-samples',
        database: 'plant',
        series: [address('m,a=1'), address('m,a=2')],
        from: 2,
        to: 3,
      });
      expect(engine.samples('v')).toEqual([[1, 1]]);
      await engine.write('m,a=1 v=9 2');
    }
    await using engine = await opened();
    expect(engine.samples('v')).toEqual([
      [1, 1],
      [2, 9],
    ]);
    await engine.engine.change({
      kind: 'delete-samples',
      database: 'plant',
      series: [address('m,a=1')],
      from: TIME_MIN,
      to: TIME_MAX,
    });
    engine.store.refresh();
    expect([...(engine.store.measurement('plant', 'raw', 'm')?.series() ?? [])]).toEqual([]);
  });

  test('what retention has ended is deleted with its file, and devices long gone leave the catalogue', async () => {
    await using engine = await opened();
    const policy = { name: 'month', durationUs: 30 * DAY_US, shardDurationUs: DAY_US, isDefault: true };
    await engine.engine.change({ kind: 'create-policy', database: 'plant', policy });
    const nowUs = 100 * DAY_US;
    await engine.write(`m,a=old v=1 ${71 * DAY_US}\nm,a=new v=1 ${71 * DAY_US}\nm,a=new v=2 ${99 * DAY_US}`, { nowUs });
    await engine.engine.seal();
    await engine.engine.expire(nowUs);
    expect(engine.samples('v', { policy: 'month' })).toHaveLength(3);
    await engine.engine.expire(nowUs + 2 * DAY_US);
    expect(engine.samples('v', { policy: 'month' })).toEqual([[99 * DAY_US, 2]]);
    const series = [...(engine.store.measurement('plant', 'month', 'm')?.series() ?? [])];
    expect(series.map(({ key }) => key)).toEqual(['m,a=new']);
    expect(readdirSync(path.join(folder, 'policy-3')).filter((name) => name.endsWith('.db'))).toHaveLength(1);
  });
});

test('a shard duration that is no whole number of seconds keeps every moment where it was', async () => {
  await using engine = await opened();
  const policy = { name: 'odd', durationUs: 0, shardDurationUs: 3_600_500_000, isDefault: true };
  await engine.engine.change({ kind: 'create-policy', database: 'plant', policy });
  const times = Array.from({ length: 50 }, (_, i) => i * 1_800_000_001);
  await engine.write(times.map((time, i) => `m v=${i} ${time}`).join('\n'));
  await engine.engine.seal();
  expect(engine.samples('v', { policy: 'odd' })).toEqual(times.map((time, i) => [time, i]));
});

test('a lost catalogue stops the start instead of costing every chunk', async () => {
  {
    await using engine = await opened();
    await engine.write('m v=1 1');
    await engine.engine.seal();
  }
  for (const name of readdirSync(folder)) if (name.startsWith('catalogue.db')) rmSync(path.join(folder, name));
  await expect(TestEngine.open(folder)).rejects.toThrow('catalogue.db is missing or older than the chunks in');
  expect(readdirSync(folder)).toContain('policy-2');
});
