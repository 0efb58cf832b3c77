import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { formatSeriesName } from '#domain/series.ts';
import { openTestConsole, START } from '../testing.ts';
import { bucketWidthMs, resolutionsOf } from './bucket-width.ts';
import { openInflux, StoreError, whileWaited } from './influx.ts';
import { journalQuery, quoteIdentifier, quoteString, trendQuery } from './influxql.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A store that gives one answer and remembers what it was asked. */
async function openFakeStore(status: number, body: string) {
  const asked: { q: string; db: string; epoch: string; authorization: string | undefined }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://store');
    const parameter = (name: string) => searchParams.get(name) ?? '';
    const { authorization } = request.headers;
    asked.push({ q: parameter('q'), db: parameter('db'), epoch: parameter('epoch'), authorization });
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const oneSeries = (columns: string[], values: unknown[][]) =>
  JSON.stringify({ results: [{ statement_id: 0, series: [{ name: 'x', columns, values }] }] });
const SERIES = { site: 'lyon', area: 'tank-farm', device: 'tank-01', metric: 'temperature' };
const TREND = `/api/trend?${new URLSearchParams({ s: formatSeriesName(SERIES), from: String(START), to: String(START + 60_000), points: '60' })}`;

test('quoteIdentifier() and quoteString() let nothing out of the quotes', () => {
  expect(quoteIdentifier('a"b\\')).toBe('"a\\"b\\\\"');
  expect(quoteString("x' OR '1'='1\\\n")).toBe("'x\\' OR \\'1\\'=\\'1\\\\\\n'");
});

test('trendQuery() is fully qualified and bounded', () => {
  const range = { from: 1, to: 2, intervalMs: 5_000 };
  expect(trendQuery('pl"ant', { ...SERIES, metric: "t' OR 1" }, { ...range, tier: 'raw' })).toBe(
    'SELECT mean("value") AS "mean", min("value") AS "min", max("value") AS "max", count("value") AS "count", last("flag") AS "flag", last("text") AS "text" FROM "pl\\"ant"."raw"."reading" WHERE "site" = \'lyon\' AND "area" = \'tank-farm\' AND "device" = \'tank-01\' AND "metric" = \'t\\\' OR 1\' AND time >= 1ms AND time < 2ms GROUP BY time(5000ms) fill(none)',
  );
  expect(trendQuery('plant', SERIES, { ...range, tier: 'r1h' })).toMatch(
    /^SELECT sum\("sum"\) \/ sum\("count"\) AS "mean", .* FROM "plant"\."r1h"\."reading" /,
  );
});

test('journalQuery() asks the newest first', () => {
  expect(journalQuery('plant', { rule: 'hot', site: undefined }, { from: 1, to: 2, limit: 3 })).toMatch(
    / FROM "plant"\."raw"\."alarm_event" WHERE "rule" = 'hot' AND time >= 1ms AND time < 2ms ORDER BY time DESC LIMIT 3$/,
  );
});

test('journalQuery() asks for any of some events and priorities, from a place on', () => {
  const filter = { site: "x'", events: ['ACTIVE', 'COMMAND'], priorities: ['critical', 'high'] } as const;
  expect(journalQuery('plant', filter, { from: 1, to: 2, limit: 3, offset: 4 })).toMatch(
    /WHERE \("event" = 'ACTIVE' OR "event" =~ \/\^COMMAND:\/\) AND \("priority" = 'critical' OR "priority" = 'high'\) AND "site" = 'x\\'' AND time >= 1ms AND time < 2ms ORDER BY time DESC LIMIT 3 OFFSET 4$/,
  );
});

test.each([
  [900_000, 300, 5_000],
  [60_000, 60, 1_000],
  [3_600_000, 300, 15_000],
  [28_800_000, 300, 120_000],
  [366 * 86_400_000, 10, 37 * 86_400_000],
])('bucketWidthMs() for %d ms in %d points is %d', (range, points, width) => {
  expect(bucketWidthMs(range, points)).toBe(width);
});

test.each([
  [900_000, ['raw 5000', 'r1m 60000', 'r1h 3600000']],
  [86_400_000, ['r1m 300000', 'r1h 3600000']],
  [366 * 86_400_000, ['r1h 172800000']],
] as const)('resolutionsOf() %d ms: what to ask, and what next while there is nothing', (range, wanted) => {
  expect(resolutionsOf(range, 300).map(({ tier, intervalMs }) => `${tier} ${intervalMs}`)).toEqual(wanted);
});

test('the journal comes as entries; of an earlier release, or of a store that never saw a field, with nulls', async () => {
  const columns = [
    'time',
    'site',
    'area',
    'rule',
    'instance',
    'event',
    'alarmId',
    'seq',
    'episode',
    'state',
    'priority',
    'summary',
    'inputs',
    'actor',
    'comment',
    'shadow',
  ];
  const inputs = { t: { metric: 'temperature', value: 82, quality: 'GOOD', ageMs: 5, unit: 'Cel' } };
  const row = [
    START,
    'lyon',
    'tank-farm',
    'hot',
    'tank-01',
    'ACKED',
    'id',
    2,
    1,
    'ACKED',
    'high',
    'Hot',
    JSON.stringify(inputs),
    'operator',
    null,
    false,
  ];
  const { url, asked } = await openFakeStore(200, oneSeries(columns, [row]));
  const { app, logIn } = await openTestConsole({ storeUrl: url });
  const answer = await app.inject({ url: '/api/journal?rule=hot&limit=5', headers: { cookie: await logIn() } });
  expect(answer.json().entries).toEqual([
    {
      at: START,
      alarmId: 'id',
      seq: 2,
      site: 'lyon',
      area: 'tank-farm',
      rule: 'hot',
      instance: 'tank-01',
      episode: 1,
      event: 'ACKED',
      state: 'ACKED',
      overlay: null,
      priority: 'high',
      limit: null,
      summary: 'Hot',
      inputs,
      sinceActiveMs: null,
      actor: 'operator',
      comment: null,
      command: null,
      commandReason: null,
      historical: false,
      shadow: false,
    },
  ]);
  expect(asked[0]?.q).toMatch(
    `time >= ${START + 1 - 86_400_000}ms AND time < ${START + 1}ms ORDER BY time DESC LIMIT 6`,
  );
});

test('an entry says what was shown over the alarm, which limit was passed, and whether it came too late', async () => {
  const columns = ['time', 'event', 'overlay', 'limit', 'historical'];
  const rows = [
    [START, 'HISTORICAL', 'SHLVD', 0, true],
    [START, 'ACTIVE', null, null, false],
    [START, 'ACTIVE', null, '9', null],
  ];
  const { url, asked } = await openFakeStore(200, oneSeries(columns, rows));
  const { app, logIn } = await openTestConsole({ storeUrl: url });
  const answer = await app.inject({ url: '/api/journal', headers: { cookie: await logIn() } });
  expect(answer.json().entries).toMatchObject([
    { overlay: 'SHLVD', limit: 0, historical: true },
    { overlay: null, limit: null, historical: false },
    { overlay: null, limit: null, historical: false },
  ]);
  for (const field of ['overlay', 'limit', 'historical']) expect(asked[0]?.q).toContain(`"${field}"`);
});

test.each([
  ['from after to', TREND.replace(`from=${START}`, `from=${START * 2}`)],
  ['a name that is none', TREND.replace('tank-01', 'tank%27')],
  ['a number that is none', TREND.replace('points=60', 'points=1e9')],
  ['an unknown word', `${TREND}&fn=last`],
  ['a journal without bounds', '/api/journal?limit=1000000'],
  ['a journal of more than a year', `/api/journal?from=0&to=${START}`],
  ['a journal of an event that is none', "/api/journal?events=ACTIVE,'"],
  ['a journal of a priority that is none', '/api/journal?priorities='],
  ['a journal from a place that is none', '/api/journal?cursor=1.2.3'],
])('%s is refused before the store is asked', async (_, url) => {
  const store = await openFakeStore(200, '{}');
  const { app, logIn } = await openTestConsole({ storeUrl: store.url });
  const answer = await app.inject({ url, headers: { cookie: await logIn() } });
  expect([answer.statusCode, store.asked]).toEqual([400, []]);
});

test.each([
  ['an error of the query', 400, '{"error":"error parsing query: found EOF"}', 502, /found EOF/],
  ['an error of the statement', 200, '{"results":[{"error":"database not found: plant"}]}', 502, /database not found/],
  ['a store in trouble', 503, 'busy', 503, /status 503/],
  ['an answer that is no JSON', 200, '<html>', 502, /not JSON/],
  ['an answer of another shape', 200, '[]', 502, /another shape/],
])('%s becomes a problem in words', async (_, status, body, expected, words) => {
  const { url } = await openFakeStore(status, body);
  const { app, logIn } = await openTestConsole({ storeUrl: url });
  const answer = await app.inject({ url: TREND, headers: { cookie: await logIn() } });
  expect(answer.json()).toMatchObject({ status: expected, detail: expect.stringMatching(words) });
});

test('a store that is not there is a 503 that names it, and not its password', async () => {
  const store = openInflux({ url: 'http://127.0.0.1:1', database: 'plant', username: 'u', password: 'hidden' });
  await expect(store.query('SHOW DATABASES')).rejects.toMatchObject({
    retryable: true,
    message: expect.stringMatching(/^The store at 127\.0\.0\.1:1 does not answer \((?!.*hidden)/),
  });
});

test('user and token are sent as 1.x, 2.x and 3.x all take them', async () => {
  const { url, asked } = await openFakeStore(200, '{"results":[{}]}');
  await openInflux({ url: `${url}/`, database: 'plant', password: 'token' }).query('SHOW DATABASES');
  expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('penstock:token').toString('base64')}`);
});

test('an answer that is longer than its bound is not read on, and says what to do', async () => {
  const { url } = await openFakeStore(200, oneSeries(['time'], Array(1_000).fill([1])));
  const store = openInflux({ url, database: 'plant' });
  await expect(store.tables('SHOW SERIES', { bytesMax: 1_000 })).rejects.toMatchObject({
    retryable: false,
    message: 'The answer is longer than 1000 bytes: ask for less, or for a shorter range.',
  });
  expect((await store.tables('SHOW SERIES', { bytesMax: 10_000 }))[0]?.rows).toHaveLength(1_000);
});

test('what nobody waits for any more is broken off', async () => {
  const server = createServer(() => {}); // never answers
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const stop = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const closed = new Promise<void>((resolve) => {
    server.on('request', (request: IncomingMessage) => {
      request.socket.on('close', () => resolve());
      stop.abort();
    });
  });
  await expect(whileWaited(openInflux({ url, database: 'plant' }), stop.signal).query('SHOW SERIES')).rejects.toThrow(
    StoreError,
  );
  await closed;
});
