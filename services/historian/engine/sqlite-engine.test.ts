import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeLine, type Line } from '#domain/line-protocol.ts';
import { type SampleValue, TIME_MAX, TIME_MIN } from '../influxql/store.ts';
import type { WriteOutcome } from './engine.ts';
import { SqliteEngine } from './sqlite-engine.ts';

const DAY_US = 86_400_000_000;
const NOW_US = 1_700_000_000_000_000;

let folder: string;
let engine: SqliteEngine;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'engine-'));
  engine = open();
});
afterEach(() => {
  engine[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

function open(): SqliteEngine {
  const opened = new SqliteEngine(folder, { seriesMax: 3 });
  if (opened.policies('plant') === undefined) {
    opened.createDatabase('plant', { name: 'raw', durationUs: 30 * DAY_US, isDefault: true });
    opened.createPolicy('plant', { name: 'r1m', durationUs: 0, isDefault: false });
  }
  return opened;
}

/** Times in the lines are microseconds before now. */
function write(...lines: string[]): WriteOutcome | undefined {
  const timed = lines.map((text) => {
    const line = decodeLine(text) as Line;
    return { line, timeUs: NOW_US - Number(line.time ?? 0n) };
  });
  return engine.write([{ database: 'plant', policy: undefined, lines: timed, nowUs: NOW_US }])[0];
}

function samples(field: string, policy = 'raw', measurement = 'm'): [age: number, value: SampleValue][] {
  const found: [number, SampleValue][] = [];
  for (const series of engine.measurement('plant', policy, measurement)?.series() ?? []) {
    for (const { times, values } of series.pages(field, { from: TIME_MIN, to: TIME_MAX, descending: false })) {
      for (const [i, time] of times.entries()) found.push([NOW_US - time, values[i] as SampleValue]);
    }
  }
  return found;
}

function finish<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

describe('write() and pages()', () => {
  test('gives back every type, integers to the last digit', () => {
    write('m f=1.5,i=9007199254740993i,b=true,s="x" 0', 'm f=-0.0,i=-9223372036854775808i,b=false,s="" 5');
    expect(samples('f')).toEqual([
      [5, -0],
      [0, 1.5],
    ]);
    expect(samples('i')).toEqual([
      [5, -9223372036854775808n],
      [0, 9007199254740993n],
    ]);
    expect(samples('b')).toEqual([
      [5, false],
      [0, true],
    ]);
    expect(samples('s')).toEqual([
      [5, ''],
      [0, 'x'],
    ]);
  });

  test('keeps the last write of a moment, within a request and across requests', () => {
    write('m v=1 0', 'm v=2 0');
    expect(samples('v')).toEqual([[0, 2]]);
    write('m v=3 0');
    expect(samples('v')).toEqual([[0, 3]]);
  });

  test('reads many pages in both directions without losing or repeating one', () => {
    write(...Array.from({ length: 20_000 }, (_, i) => `m v=${i} ${i}`));
    expect(samples('v').map(([age]) => age)).toEqual(Array.from({ length: 20_000 }, (_, i) => 19_999 - i));
    const [series] = [...(engine.measurement('plant', 'raw', 'm')?.series() ?? [])];
    const pages = [...(series?.pages('v', { from: TIME_MIN, to: TIME_MAX, descending: true, expected: 1 }) ?? [])];
    expect(pages[0]?.values).toEqual([0]);
    expect(pages.flatMap(({ values }) => [...values])).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
  });

  test('drops what conflicts with a type, and makes nothing for it', () => {
    write('m v=1 0');
    expect(write('m,t=new v="x",w=1 0', 'm v=2 1')).toEqual({
      kind: 'partial',
      points: 1,
      dropped: 1,
      reason: 'field type conflict: input field "v" on measurement "m" is type string, already exists as type float',
    });
    expect([...(engine.measurement('plant', 'raw', 'm')?.fields ?? [])]).toEqual([['v', 'float']]);
    expect([...(engine.measurement('plant', 'raw', 'm')?.series() ?? [])]).toHaveLength(1);
  });

  test('drops what is older than the policy, and series beyond the limit', () => {
    expect(write(`m v=1 ${30 * DAY_US + 1}`)).toMatchObject({ dropped: 1, reason: 'points beyond retention policy' });
    expect(write('m,t=a v=1', 'm,t=b v=1', 'm,t=c v=1', 'm,t=d v=1', 'm,t=a v=2 1')).toMatchObject({
      points: 4,
      reason: 'max-series-per-database limit exceeded: (3)',
    });
  });

  test('refuses time as a tag and passes it over as a field', () => {
    expect(write('m,time=1 v=1')).toMatchObject({ dropped: 1 });
    expect(write('m time=1i')).toMatchObject({ dropped: 1 });
    expect(write('m time=1i,v=2 0')).toMatchObject({ kind: 'stored' });
    expect([...(engine.measurement('plant', 'raw', 'm')?.fields.keys() ?? [])]).toEqual(['v']);
  });

  test('says which database or policy there is none of, and stores the rest of the group', () => {
    const lines = [{ line: decodeLine('m v=1') as Line, timeUs: NOW_US }];
    const request = { lines, nowUs: NOW_US, policy: undefined };
    expect(
      engine.write([
        { ...request, database: 'nope' },
        { ...request, database: 'plant', policy: 'nope' },
        { ...request, database: 'plant' },
      ]),
    ).toEqual([
      { kind: 'no-database', name: 'nope' },
      { kind: 'no-policy', name: 'nope' },
      { kind: 'stored', points: 1 },
    ]);
  });
});

test('everything is there after it was opened anew', () => {
  write('m,b=2,a=1 v=1,i=9007199254740993i 0', 'weird\\ name,k\\,\\ =v\\= f=2 0');
  engine.alterPolicy('plant', { name: 'r1m', durationUs: DAY_US, isDefault: true });
  const before = describeAll();
  engine[Symbol.dispose]();
  engine = open();
  expect(describeAll()).toEqual(before);
  expect(samples('i')).toEqual([[0, 9007199254740993n]]);
});

function describeAll() {
  return engine.databases().map((database) =>
    (engine.policies(database) ?? []).map((policy) => ({
      ...policy,
      measurements: [...engine.measurements(database, policy.name)].map((measurement) => ({
        ...measurement,
        tagKeys: measurement.tagKeys(),
        series: [...measurement.series()].map(({ key, tags }) => ({ key, tags })),
      })),
    })),
  );
}

test('a second process on the same folder is refused', () => {
  expect(() => new SqliteEngine(folder, { seriesMax: 1 })).toThrow(/locked/);
});

describe('expire()', () => {
  test('deletes what is older than the policy, forgets series that are empty then, and leaves other policies alone', () => {
    write('m,t=old v=1 1', 'm,t=both v=1 1', `m,t=both v=2 ${-10 * DAY_US}`);
    const lines = [{ line: decodeLine('m v=1') as Line, timeUs: 0 }];
    engine.write([{ database: 'plant', policy: 'r1m', lines, nowUs: NOW_US }]);
    expect(finish(engine.expire(NOW_US))).toBe(0);
    expect(finish(engine.expire(NOW_US + 30 * DAY_US))).toBe(2);
    expect(samples('v')).toEqual([[-10 * DAY_US, 2]]);
    expect([...(engine.measurement('plant', 'raw', 'm')?.series() ?? [])].map(({ key }) => key)).toEqual(['m,t=both']);
    expect(samples('v', 'r1m')).toHaveLength(1);
  });

  test('a series that was forgotten can come again', () => {
    write('m,t=a v=1 1');
    finish(engine.expire(NOW_US + 30 * DAY_US));
    write('m,t=a v=2 0');
    engine[Symbol.dispose]();
    engine = open();
    expect(samples('v')).toEqual([[0, 2]]);
  });
});

test('what is dropped is gone, in memory and on the disk', () => {
  write('m v=1 0', 'n v=2 0');
  engine.dropMeasurement('plant', 'm');
  expect(engine.measurement('plant', 'raw', 'm')).toBeUndefined();
  write('m v="now a text" 0');
  expect(samples('v')).toEqual([[0, 'now a text']]);
  engine.dropDatabase('plant');
  engine[Symbol.dispose]();
  engine = new SqliteEngine(folder, { seriesMax: 3 });
  expect(engine.databases()).toEqual([]);
});
