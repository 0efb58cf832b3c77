import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunningQueries } from '../influxql/running-queries.ts';
import type { Store } from '../influxql/store.ts';
import { openTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await openTestServer();
});
afterEach(() => server[Symbol.asyncDispose]());

const errorOf = async (q: string) => (await server.query(q)) as { results: { error?: string }[] };

describe('caps', () => {
  beforeEach(async () => {
    await server.write('m,d=a v=1 1000\nm,d=b v=2 1700000000000');
  });

  test.each([
    'SELECT mean(v) FROM m WHERE time >= 0 GROUP BY time(1ms)',
    'SELECT mean(v) FROM m GROUP BY time(1s)',
    'SELECT mean(v) FROM m GROUP BY time(1u) fill(previous)',
    'SELECT mean(v) FROM m WHERE time >= 0 GROUP BY time(1ms), d',
  ])('a bucket bomb is refused with the name of the cap: %s', async (q) => {
    expect((await errorOf(q)).results[0]?.error).toMatch(
      /^max-select-buckets limit exceeded: \(\d+\/100000\), set by historian\.maxQueryBuckets$/,
    );
  });

  test('samples and rows are capped', async () => {
    await using small = await openTestServer({
      queries: { limits: { maxBuckets: 10, maxPoints: 50, maxRows: 5, maxSeries: 1 } },
    });
    const lines = Array.from({ length: 100 }, (_, i) => `m v=${i} ${i}`);
    await small.write(lines.join('\n'));
    const error = async (q: string) => (await small.query(q)) as { results: { error?: string }[] };
    expect((await error('SELECT mean(v) FROM m')).results[0]?.error).toBe(
      'max-select-point limit exceeded: (100/50), set by historian.maxQueryPoints',
    );
    expect((await error('SELECT v FROM m WHERE time < 20ms')).results[0]?.error).toBe(
      'max-row limit exceeded: (6/5), set by historian.maxQueryRows',
    );
    expect((await error('SELECT v FROM m LIMIT 5')).results[0]?.error).toBeUndefined();
  });

  test('series are capped', async () => {
    const limits = { maxBuckets: 10, maxPoints: 50, maxRows: 5, maxSeries: 2 };
    await using small = await openTestServer({ queries: { limits } });
    await small.write('m,d=a v=1 1\nm,d=b v=1 1\nm,d=c v=1 1');
    const error = async (q: string) => (await small.query(q)) as { results: { error?: string }[] };
    const said = 'max-select-series limit exceeded: (3/2), set by historian.maxQuerySeries';
    expect((await error('SELECT v FROM m')).results[0]?.error).toBe(said);
    expect((await error('SELECT last(v) FROM m GROUP BY d')).results[0]?.error).toBe(said);
    expect((await error("SELECT v FROM m WHERE d = 'a'")).results[0]?.error).toBeUndefined();
  });

  test('a query whose time is over ends', async () => {
    let clock = 0;
    await using slow = await openTestServer({ queries: { now: () => (clock += 20), timeoutMs: 30 } });
    await slow.write('m,d=a v=1 1\nm,d=b v=1 1\nm,d=c v=1 1\nm,d=d v=1 1');
    expect(await slow.query('SELECT mean(v) FROM m')).toEqual({
      results: [{ statement_id: 0, error: 'query-timeout limit exceeded' }],
    });
  });
});

describe('requests', () => {
  test('integers beyond 2^53 keep all digits, in samples and in sums', async () => {
    await server.write('m v=9007199254740993i 1\nm v=9223372036854775000i 2\nm v=-3i 3');
    const q = encodeURIComponent(
      'SELECT v FROM m; SELECT sum(v), max(v) FROM m WHERE time <= 1ms; SELECT last(v) FROM m',
    );
    const text = await (await fetch(`${server.url}/query?db=g&epoch=ms&q=${q}`)).text();
    expect(text).toContain('[[1,9007199254740993],[2,9223372036854775000],[3,-3]]');
    expect(text).toContain('[[0,9007199254740993,9007199254740993]]');
    expect(text).toContain('[[3,-3]]');
  });

  test('a form is read, and a POST changes without a warning', async () => {
    expect(await server.query('CREATE DATABASE "other"; DROP MEASUREMENT "x"', 'POST')).toEqual({
      results: [{ statement_id: 0 }, { statement_id: 1 }],
    });
    server.test.store.refresh();
    expect(server.test.store.databases()).toEqual(['g', 'other']);
  });

  test('parameters that are no values are refused', async () => {
    for (const params of ['{', '{"d":[1]}', '{"d":null}']) {
      const query = new URLSearchParams({ db: 'g', q: 'SELECT v FROM m WHERE d = $d', params });
      const response = await fetch(`${server.url}/query?${query}`);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('error parsing query parameters');
    }
  });

  test('a bound parameter is a value, whatever it says', async () => {
    await server.write('m,d=a v=1 1');
    const params = JSON.stringify({ d: "' OR d = 'a" });
    const query = new URLSearchParams({ db: 'g', q: 'SELECT v FROM m WHERE d = $d', params });
    expect(await (await fetch(`${server.url}/query?${query}`)).json()).toEqual({ results: [{ statement_id: 0 }] });
  });

  test('an expression that other engines try for years is answered at once', async () => {
    await server.write(`m s="${'a'.repeat(5_000)}" 1`);
    expect(await server.query('SELECT s FROM m WHERE s =~ /^(a+)+b/')).toEqual({ results: [{ statement_id: 0 }] });
  });

  test('a query of 10 MB is refused with the number of its characters', async () => {
    const q = `SELECT v FROM m WHERE d = '${'x'.repeat(10_000_000)}'`;
    const response = await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q }) });
    expect(response.status).toBe(400);
    const error = 'error parsing query: it has 10000028 characters, of at most 1000000';
    expect(await response.json()).toEqual({ error });
    expect(response.headers.get('x-influxdb-error')).toBe(error);
  });

  test('a query whose client goes away is over', async () => {
    const running = new RunningQueries(1);
    const series = { key: 'm', tags: new Map(), hasField: () => false, pages: () => [], summed: () => [] };
    const store: Store = {
      databases: () => ['g'],
      policies: () => [{ name: 'autogen', durationUs: 0, isDefault: true }],
      measurements: () => [{ name: 'm', fields: new Map(), tagKeys: () => [], series: () => forEver(series) }],
      measurement: () => undefined,
    };
    await using endless = await openTestServer({ queries: { store, running } });
    const gone = new AbortController();
    const asked = fetch(`${endless.url}/query?db=g&q=SHOW+SERIES`, { signal: gone.signal }).catch(() => 'gone');
    await vi.waitFor(() => expect(running.list()).toHaveLength(1), { timeout: 10_000 });
    gone.abort();
    expect(await asked).toBe('gone');
    await vi.waitFor(() => expect(running.list()).toEqual([]), { timeout: 10_000 });
    expect(await endless.query('SHOW DATABASES')).toMatchObject({ results: [{ series: [{ values: [['g']] }] }] });
  });

  test.each(['/ping', '/health', '/query?q=SHOW+DATABASES'])(
    '%s answers nobody who comes through a browser from elsewhere',
    async (path) => {
      const status = async (headers: Record<string, string>) => (await fetch(server.url + path, { headers })).status;
      expect(await status({ origin: 'http://evil.example' })).toBe(403);
      expect(await status({})).toBeLessThan(300);
      expect(await status({ origin: server.url })).toBeLessThan(300);
    },
  );
});

function* forEver<T>(item: T): Generator<T> {
  for (;;) yield item;
}

test('the error about a database with a name of 5,000 letters does not send the name back whole', async () => {
  const error = (await errorOf(`SELECT v FROM "${'x'.repeat(5_000)}".."m"`)).results[0]?.error;
  expect(error).toMatch(/^database not found: x+…$/);
  expect(error?.length).toBeLessThan(1_000);
});
