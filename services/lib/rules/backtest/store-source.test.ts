import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Point } from '#domain/point.ts';
import { influxClient } from './influx-client.ts';
import { nextSlice, readingsQuery, type StoreSourceOptions, storeSource } from './store-source.ts';
import { DAY, HOUR, MINUTE, pointOf, pointsOf, T0 } from './testing.ts';

type Answer = { readonly status?: number; readonly body: string };

/** A store that answers from points as InfluxDB does, and sometimes as `before` says. */
class FakeStore {
  readonly queries: string[] = [];
  readonly server: Server;
  #before: (query: string, index: number) => Answer | undefined = () => undefined;
  #points: readonly Point[];

  constructor(points: readonly Point[]) {
    this.#points = points;
    this.server = createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      const query = new URLSearchParams(body).get('q') ?? '';
      const { status = 200, body: text } = this.#before(query, this.queries.push(query) - 1) ?? this.#answer(query);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  }

  before(answer: (query: string, index: number) => Answer | undefined): this {
    this.#before = answer;
    return this;
  }

  #answer(query: string): Answer {
    const [, from, to, limit] =
      /time >= (-?\d+)ms AND time < (-?\d+)ms ORDER BY time ASC LIMIT (\d+)/.exec(query) ?? [];
    const rows = this.#points
      .filter(({ measuredAt }) => measuredAt >= Number(from) && measuredAt < Number(to))
      .slice(0, Number(limit))
      .map(({ measuredAt, value, series: { site, area, device, metric } }) => [
        ...[measuredAt, typeof value === 'number' ? value : null, typeof value === 'boolean' ? value : null],
        ...[typeof value === 'string' ? value : null, null, null, site, area, device, metric],
      ]);
    return { body: JSON.stringify({ results: [rows.length === 0 ? {} : { series: [{ values: rows }] }] }) };
  }
}

let opened: Server | undefined;
afterEach(() => {
  opened?.closeAllConnections();
  opened?.close();
});

async function sourceOn(store: FakeStore, more: Partial<StoreSourceOptions> = {}) {
  opened = store.server;
  await new Promise<void>((resolve) => store.server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(store.server.address() as AddressInfo).port}`;
  const waits: number[] = [];
  const source = storeSource({
    client: influxClient({ url, database: 'plant' }),
    database: 'plant',
    wanted: new Map([['temperature', null]]),
    range: { from: T0, to: T0 + 2 * DAY },
    sleep: async (ms) => {
      waits.push(ms);
    },
    ...more,
  });
  return { source, waits };
}

const everyMinute = (count: number) => Array.from({ length: count }, (_, i) => pointOf(T0 + i * MINUTE, i));

describe('storeSource()', () => {
  it('reads every point once, in order, whatever the slices are', async () => {
    const store = new FakeStore(everyMinute(2_000));
    const { source } = await sourceOn(store, { rowsMax: 70 });
    expect((await pointsOf(source)).map(({ value }) => value)).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
  });

  it('cuts an answer that is too long between two moments, and loses none of one moment', async () => {
    const points = Array.from({ length: 50 }, (_, i) =>
      ['d1', 'd2', 'd3', '__proto__'].map((device) =>
        pointOf(T0 + i * 1_000, i, { device: device === '__proto__' ? 'd4' : device }),
      ),
    ).flat();
    const { source } = await sourceOn(new FakeStore(points), { rowsMax: 7 });
    expect(await pointsOf(source)).toHaveLength(200);
  });

  it('says when one moment holds more than an answer may', async () => {
    const points = Array.from({ length: 9 }, (_, i) => pointOf(T0, i, { device: `d${i}` }));
    const { source } = await sourceOn(new FakeStore(points), { rowsMax: 9 });
    await expect(pointsOf(source)).rejects.toThrow(/9 points or more of the single moment 2026-10-07T00:00:00/);
  });

  it('asks few questions of an empty year', async () => {
    const store = new FakeStore([]);
    const { source } = await sourceOn(store, { range: { from: T0, to: T0 + 365 * DAY } });
    expect(await pointsOf(source)).toEqual([]);
    expect(store.queries.length).toBeLessThan(70);
  });

  it('asks nothing where nothing is wanted or the range is empty', async () => {
    const store = new FakeStore(everyMinute(5));
    const { source } = await sourceOn(store, { wanted: new Map() });
    expect(await pointsOf(source)).toEqual([]);
    const { source: empty } = { source: storeSource({ ...(await optionsOf(store)), range: { from: T0, to: T0 } }) };
    expect(await pointsOf(empty)).toEqual([]);
    expect(store.queries).toEqual([]);
  });

  it('asks again where the store is busy, and skips nothing', async () => {
    const store = new FakeStore(everyMinute(100)).before((_, index) =>
      [1, 2, 3, 4].includes(index) ? { status: 503, body: '{"error":"busy"}' } : undefined,
    );
    const { source, waits } = await sourceOn(store);
    expect(await pointsOf(source)).toHaveLength(100);
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
  });

  it.each<readonly [what: string, answer: Answer, sentence: RegExp, isUnreachable: boolean]>([
    ['busy for ever', { status: 503, body: '{"error":"busy"}' }, /answers 503: busy, after 3 tries/, true],
    ['a login', { status: 401, body: '{}' }, /refuses the login \(401\); set PENSTOCK_STORE_USERNAME/, true],
    ['a bad query', { status: 400, body: '{"error":"parse error"}' }, /answers 400: parse error/, false],
    ['an error inside', { body: '{"results":[{"error":"database not found"}]}' }, /says: database not found/, false],
    ['no JSON', { body: '<html>' }, /not JSON; is it an InfluxDB/, false],
    ['another shape', { body: '[]' }, /another shape; is it an InfluxDB/, false],
  ])('gives up in a sentence: %s', async (_, answer, sentence, isUnreachable) => {
    const { source } = await sourceOn(new FakeStore([]).before(() => answer));
    const error = await pointsOf(source).catch((caught) => caught);
    expect(error.message).toMatch(sentence);
    expect(error.isUnreachable).toBe(isUnreachable);
  });

  it('says that nothing listens', async () => {
    const { source } = await sourceOn(new FakeStore([]));
    opened?.close();
    const error = await pointsOf(source).catch((caught) => caught);
    expect(error.message).toMatch(/does not answer \(ECONNREFUSED\), after 3 tries/);
    expect(error.isUnreachable).toBe(true);
  });

  it('counts rows that are no points', async () => {
    const rows = [
      [T0, 1, null, null, null, null, 's', 'a', 'd', 'temperature'],
      [T0, 1, null, null, null, null, '../etc', 'a', 'd', 'temperature'],
      [T0, null, null, null, null, null, 's', 'a', 'd', 'temperature'],
      [T0, null, null, null, 2, null, 's', 'a', 'd', 'temperature'],
      [T0, 1, null, null, 7, null, 's', 'a', 'd', 'temperature'],
      [null, 1, null, null, null, null, 's', 'a', null, 'temperature'],
    ];
    const body = JSON.stringify({ results: [{ series: [{ values: rows }] }] });
    const { source } = await sourceOn(new FakeStore([]).before((_, i) => (i === 0 ? { body } : undefined)));
    expect((await pointsOf(source)).map(({ quality }) => quality)).toEqual(['good', 'bad']);
    expect(source.counts.unreadable).toBe(4);
  });

  it('ends where its signal is given', async () => {
    const stop = new AbortController();
    const store = new FakeStore(everyMinute(2_000)).before((_, index) => {
      if (index === 2) stop.abort(new Error('stopped'));
      return undefined;
    });
    const { source } = await sourceOn(store, { rowsMax: 20, signal: stop.signal });
    await expect(pointsOf(source)).rejects.toThrow('stopped');
    expect(store.queries.length).toBeLessThan(5);
  });
});

async function optionsOf(store: FakeStore): Promise<StoreSourceOptions> {
  const url = `http://127.0.0.1:${(store.server.address() as AddressInfo).port}`;
  return {
    client: influxClient({ url, database: 'plant' }),
    database: 'plant',
    wanted: new Map([['temperature', null]]),
    range: { from: T0, to: T0 + HOUR },
    sleep: async () => {},
  };
}

describe('readingsQuery()', () => {
  it('names metrics, and devices where they are known', () => {
    const wanted = new Map<string, ReadonlySet<string> | null>([
      ['level', null],
      ['flow', new Set(['f1', 'f2'])],
      ['gone', new Set<string>()],
    ]);
    const query = readingsQuery('plant', wanted, { from: 1, to: 2, limit: 3 });
    expect(query).toContain(`("metric" = 'level' OR ("metric" = 'flow' AND ("device" = 'f1' OR "device" = 'f2')))`);
    expect(query).toContain('FROM "plant"."raw"."reading"');
    expect(query).not.toContain('gone');
  });

  it('lets no name out of its quotes', () => {
    const query = readingsQuery('p"; DROP', new Map([["x' OR 'a'='a", null]]), { from: 1, to: 2, limit: 3 });
    expect(query).toContain('"p\\"; DROP"');
    expect(query).toContain(`"metric" = 'x\\' OR \\'a\\'=\\'a'`);
  });

  it('asks for nothing where no device fits', () => {
    expect(readingsQuery('p', new Map([['m', new Set<string>()]]), { from: 1, to: 2, limit: 3 })).toContain(
      `("metric" = '')`,
    );
  });
});

describe('nextSlice()', () => {
  it.each([
    [HOUR, 0, 4 * HOUR],
    [HOUR, 25_000, HOUR / 2],
    [HOUR, 12_500, HOUR],
    [HOUR, 1_000_000, HOUR / 10],
    [1_000, 1_000_000, 1_000],
    [30 * DAY, 0, 7 * DAY],
  ])('%d ms with %d points: %d ms', (sliceMs, points, next) => {
    expect(nextSlice(sliceMs, points, 25_000)).toBe(next);
  });
});
