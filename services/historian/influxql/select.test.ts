import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget } from './budget.ts';
import { type MemorySeries, MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
import { parseQuery } from './parser.ts';
import type { ResultSeries } from './result.ts';
import { executeSelect, joined } from './select.ts';
import type { Store } from './store.ts';

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;
const NO_LIMITS = { maxBuckets: 1e9, maxPoints: 1e9, maxRows: 1e9, maxSeries: 1e9 };

function* steps(store: Store, q: string, limits = NO_LIMITS): Generator<undefined | ResultSeries> {
  const parsed = parseQuery(q);
  if (!parsed.ok) throw new Error(parsed.error);
  const [select] = parsed.statements;
  if (select?.kind !== 'select') throw new Error(`no SELECT: ${q}`);
  const context = { store, database: 'db', policy: undefined, nowUs: 1_000 * HOUR, budget: new Budget(limits) };
  yield* executeSelect(select, context);
}

function piecesOf(store: Store, q: string): ResultSeries[] {
  return [...steps(store, q)].filter((step) => step !== undefined);
}

const answerOf = (store: Store, q: string) => joined(piecesOf(store, q));

const OPTIONS: MemoryStoreOptions = { runUs: HOUR, samplesPerPage: 1_000, hasSummaries: false };

function regular(host: string, count: number, valueAt: (i: number) => number): MemorySeries {
  const times = Float64Array.from({ length: count }, (_, i) => i * SECOND);
  return { measurement: 'm', tags: { host }, fields: { v: { times, values: times.map((_, i) => valueAt(i)) } } };
}

describe('summaries in the place of samples', () => {
  const CALLS = ['mean', 'sum', 'count', 'min', 'max', 'first', 'last', 'spread', 'stddev', 'median'];
  const series = fc
    .record({
      host: fc.constantFrom('a', 'b', 'c'),
      gaps: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 300, size: 'max' }),
      values: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), {
        minLength: 300,
        maxLength: 300,
      }),
      start: fc.integer({ min: -5_000, max: 5_000 }),
    })
    .map(({ host, gaps, values, start }): MemorySeries => {
      let at = start * SECOND;
      const times = Float64Array.from(gaps, (gap) => (at += gap * SECOND));
      return {
        measurement: 'm',
        tags: { host },
        fields: { v: { times, values: Float64Array.from(values.slice(0, times.length)) } },
      };
    });
  const all = fc.uniqueArray(series, { selector: ({ tags }) => tags.host, minLength: 1, maxLength: 3 });

  test('leave every answer the very same to the bit', () => {
    let taken = 0;
    const query = fc.record({
      calls: fc.subarray(CALLS, { minLength: 1, maxLength: 3 }),
      group: fc.constantFrom(
        '',
        ' GROUP BY time(1h)',
        ' GROUP BY time(3h)',
        ' GROUP BY time(90m, 7m), host',
        ' GROUP BY host',
        " GROUP BY time(1d) tz('Asia/Kolkata')",
      ),
      from: fc.constantFrom('time < 300000s', 'time > -2000s AND time < 40000s', 'time >= 3600s AND time <= 90000s'),
    });
    fc.assert(
      fc.property(all, query, fc.constantFrom(HOUR, HOUR / 4, 4 * HOUR), (data, { calls, group, from }, runUs) => {
        const q = `SELECT ${calls.map((call) => `${call}(v)`).join(', ')} FROM m WHERE ${from}${group}`;
        const plain = new MemoryStore(data, { ...OPTIONS, runUs });
        const summed = new MemoryStore(data, { ...OPTIONS, runUs, hasSummaries: true });
        expect(answerOf(summed, q)).toEqual(answerOf(plain, q));
        taken += summed.summaries;
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  test('serve a mean in hours by hours, and none where it would not be the same', () => {
    const data = [regular('a', 36_000, (i) => i / 3)];
    const taken = (q: string) => {
      const store = new MemoryStore(data, { ...OPTIONS, hasSummaries: true });
      piecesOf(store, q);
      return store.summaries;
    };
    const range = 'WHERE time >= 0 AND time < 36000s';
    expect(taken(`SELECT mean(v) FROM m ${range} GROUP BY time(1h)`)).toBe(10);
    // Two hours to a bucket: the second would have to be added to a sum that the first began.
    expect(taken(`SELECT mean(v) FROM m ${range} GROUP BY time(2h)`)).toBe(5);
    expect(taken(`SELECT max(v) FROM m ${range} GROUP BY time(2h)`)).toBe(10);
    expect(taken(`SELECT mean(v) FROM m ${range} GROUP BY time(30m)`)).toBe(0);
    expect(taken(`SELECT median(v) FROM m ${range} GROUP BY time(1h)`)).toBe(0);
    expect(taken(`SELECT mean(v) FROM m WHERE time >= 5s AND time < 3605s`)).toBe(0);
  });
});

describe('pieces', () => {
  const store = new MemoryStore([regular('a', 25_000, (i) => i), regular('b', 10_000, (i) => -i)], OPTIONS);

  test('hold at most 10,000 rows, and only the last of a series is whole', () => {
    const shape = piecesOf(store, 'SELECT v FROM m GROUP BY host').map(({ tags, values, isPartial }) => [
      tags?.host,
      values.length,
      isPartial,
    ]);
    expect(shape).toEqual([
      ['a', 10_000, true],
      ['a', 10_000, true],
      ['a', 5_000, undefined],
      ['b', 10_000, undefined],
    ]);
  });

  test('of buckets are parted too', () => {
    const pieces = piecesOf(store, 'SELECT max(v) FROM m WHERE time >= 0 AND time < 25000s GROUP BY time(1s)');
    expect(pieces.map(({ values }) => values.length)).toEqual([10_000, 10_000, 5_000]);
  });

  test('come before the whole is read, and LIMIT ends the reading', () => {
    const early = { ...NO_LIMITS, maxPoints: 15_000 };
    const first = [...steps(store, 'SELECT v FROM m LIMIT 3', early)].find((step) => step !== undefined);
    expect(first?.values).toEqual([
      [0, 0],
      [0, -0],
      [SECOND, 1],
    ]);
    // The cap stops the query after its first piece, which so has been given before more was read.
    const seen: number[] = [];
    const reading = () => {
      for (const step of steps(store, "SELECT v FROM m WHERE host = 'a'", early))
        if (step) seen.push(step.values.length);
    };
    expect(reading).toThrow('max-select-point limit exceeded');
    expect(seen).toEqual([10_000]);
  });

  test('turns are given up while many series are read', () => {
    const turns = [...steps(store, 'SELECT mean(v) FROM m')].filter((step) => step === undefined).length;
    expect(turns).toBeGreaterThanOrEqual(35);
  });
});

test.each([
  ['SELECT sample(v, 3) FROM m', 'sample() is not offered by this store'],
  ['SELECT holt_winters(mean(v), 2, 2) FROM m GROUP BY time(1h)', 'holt_winters() is not offered by this store'],
  ['SELECT nonsense(v) FROM m', 'undefined function nonsense()'],
  ['SELECT moving_average(v, 1) FROM m', 'moving_average window must be greater than 1, got 1'],
  ['SELECT derivative(mean(v)) FROM m', 'derivative aggregate requires a GROUP BY interval'],
  ['SELECT derivative(v) FROM m GROUP BY time(1h)', 'aggregate function required inside the call to derivative'],
  ['SELECT v FROM m GROUP BY time(1h)', 'GROUP BY requires at least one aggregate function'],
  ['SELECT mean(v), v FROM m', 'mixing aggregate and non-aggregate queries is not supported'],
  ['SELECT max(v), min(v), v FROM m', 'mixing multiple selector functions with tags or fields is not supported'],
  ['SELECT top(v, 5) FROM m LIMIT 2', 'limit (5) in top function can not be larger than the LIMIT (2)'],
  ['SELECT top(v, 0) FROM m', 'limit (0) in top function must be at least 1'],
  ['SELECT 5 FROM m', 'field must contain at least one variable'],
  ['SELECT time FROM m', 'at least 1 non-time field must be queried'],
  ['SELECT v = 3 FROM m', 'invalid operator = in SELECT field'],
  ['SELECT v + host FROM m', 'type error: +: incompatible types: float and string'],
  ['SELECT v FROM m fill(none)', 'fill(none) must be used with a function'],
])('%s is refused: %s', (q, message) => {
  const store = new MemoryStore([regular('a', 3, (i) => i)], OPTIONS);
  expect(() => answerOf(store, q)).toThrow(message);
});

describe('selectors over many samples', () => {
  const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 3_000, size: 'max' });

  test('a percentile is the sample of that rank, of equal ones in the order of time', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, n) => {
        const store = new MemoryStore([regular('a', all.length, (i) => all[i] ?? 0)], OPTIONS);
        const ranked = all.map((value, i) => [i * SECOND, value] as const).sort((a, b) => a[1] - b[1] || a[0] - b[0]);
        const expected = ranked[Math.floor((all.length * n) / 100 + 0.5) - 1];
        expect(answerOf(store, `SELECT percentile(v, ${n}) FROM m`)[0]?.values[0]).toEqual(expected);
      }),
    );
  });

  test('top() gives the greatest, of equal ones the earliest, by time; of each host at most one where it says host', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 8 }), (all, n) => {
        const hosts = [all, all.map((value) => value + 1)];
        const store = new MemoryStore(
          hosts.map((own, h) => regular(String(h), own.length, (i) => own[i] ?? 0)),
          OPTIONS,
        );
        const samples = hosts.flatMap((own, h) => own.map((value, i) => [i * SECOND, value, String(h)] as const));
        const best = samples.toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, n);
        const valuesOf = (q: string) => answerOf(store, q)[0]?.values.map(([, value]) => value);
        const byTime = best.toSorted((a, b) => a[0] - b[0]).map(([, value]) => value);
        expect(valuesOf(`SELECT top(v, ${n}) FROM m`)).toEqual(byTime);
        const perHost = answerOf(store, `SELECT top(v, host, ${n + 1}) FROM m`)[0]?.values.map(([, value]) => value);
        expect(perHost?.toSorted()).toEqual([Math.max(...all), Math.max(...all) + 1].toSorted());
      }),
      { numRuns: 30 },
    );
  });
});

/** Squares of the second; times below are in seconds. */
test.each<readonly [q: string, rows: readonly (readonly unknown[])[]]>([
  // A transformation over buckets reads one bucket before the range, so that the range's first has a predecessor.
  [
    'derivative(mean(v), 1s) FROM m WHERE time >= 4s AND time < 8s GROUP BY time(2s)',
    [
      [4, 7],
      [6, 11],
    ],
  ],
  [
    'difference(v) FROM m ORDER BY time DESC LIMIT 2',
    [
      [8, -17],
      [7, -15],
    ],
  ],
  ['elapsed(v, 1s) FROM m ORDER BY time DESC LIMIT 1', [[8, -1]]],
  [
    'integral(v) FROM m WHERE time < 4s GROUP BY time(2s)',
    [
      [0, 3],
      [2, 6.5],
    ],
  ],
  [
    'moving_average(v, 3) FROM m LIMIT 2',
    [
      [2, 5 / 3],
      [3, 14 / 3],
    ],
  ],
  [
    'mean(v) FROM m WHERE time >= 0 AND time < 6s GROUP BY time(2s) ORDER BY time DESC LIMIT 2',
    [
      [4, 20.5],
      [2, 6.5],
    ],
  ],
  [
    'count(v) FROM m WHERE time < 14s GROUP BY time(4s)',
    [
      [0, 4],
      [4, 4],
      [8, 2],
      [12, 0],
    ],
  ],
  ['max(v), count(v) FROM (SELECT mean(v) AS v FROM m WHERE time < 8s GROUP BY time(2s))', [[0, 42.5, 4]]],
  [
    'top(v, 2), host FROM m',
    [
      [8, 64, 'a'],
      [9, 81, 'a'],
    ],
  ],
  ['last(v), host FROM m', [[9, 81, 'a']]],
  [
    'd FROM (SELECT difference(max(v)) AS d FROM m WHERE time >= 4s AND time < 8s GROUP BY time(2s))',
    [
      [4, 16],
      [6, 24],
    ],
  ],
  ['d FROM (SELECT difference(max(v)) AS d FROM m GROUP BY time(2s)) WHERE time >= 4s AND time < 8s', [[6, 24]]],
  ['host::tag FROM (SELECT v, host FROM m) LIMIT 1', [[0, 'a']]],
  ["v FROM (SELECT v, host FROM m) WHERE host::tag = 'a' LIMIT 1", [[0, 0]]],
  ['stddev(v) FROM m WHERE time >= 3s AND time < 4s', [[3, null]]],
  ['v / 0, v % 0, v % 5 FROM m WHERE time = 3s', [[3, 0, null, 4]]],
])('SELECT %s', (q, rows) => {
  const store = new MemoryStore([regular('a', 10, (i) => i * i)], OPTIONS);
  const found = answerOf(store, `SELECT ${q}`)[0]?.values.map(([time, ...cells]) => [Number(time) / SECOND, ...cells]);
  expect(found).toEqual(rows);
});

test('f(*) over inner queries of several measurements leaves out the columns that show a tag', () => {
  const m = regular('a', 3, (i) => i);
  const store = new MemoryStore([m, { ...m, measurement: 'n' }], OPTIONS);
  const found = answerOf(store, 'SELECT count(*) FROM (SELECT * FROM m, n)');
  expect(found.map(({ name, columns }) => [name, columns])).toEqual([
    ['m', ['time', 'count_v']],
    ['n', ['time', 'count_v']],
  ]);
});
