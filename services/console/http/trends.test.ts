import { describe, expect, test } from 'vitest';
import { topics } from '#domain/topic.ts';
import { type Store, StoreError } from '../store/influx.ts';
import {
  delivered,
  openTestConsole,
  PAGE,
  patternStore,
  START,
  sampleDevice,
  sampleLine,
  TestAccess,
} from '../testing.ts';

const SERIES = 'lyon/tank-farm/tank-01/temperature';
const range = `from=${START}&to=${START + 60_000}`;
const COLUMNS = ['time', 'mean', 'min', 'max', 'count', 'flag', 'text'];

async function openWith(answers: Parameters<typeof patternStore>[0], role: 'viewer' | 'engineer' = 'viewer') {
  const { store, asked } = patternStore(answers);
  const opened = await openTestConsole({ store, access: new TestAccess({ operator: role }) });
  await opened.bus.publish(topics.registry(sampleDevice()), JSON.stringify(sampleDevice()), { retain: true });
  await opened.bus.publish(topics.points(1), sampleLine('temperature', 'value=1', START));
  await delivered();
  const headers = { cookie: await opened.logIn(), ...PAGE };
  return { ...opened, asked, headers };
}

describe('GET /api/trend', () => {
  test('gives several series in one answer, with their units', async () => {
    const rows = [[START, 1.5, 1, 2, 4, null, null]];
    const { app, headers } = await openWith([
      [/count\("q"\)/, {}],
      [/mean\("value"\)/, { columns: COLUMNS, rows }],
    ]);
    const url = `/api/trend?s=${SERIES}&s=lyon/tank-farm/tank-01/outer temp/x&${range}&points=60`;
    const trend = (await app.inject({ url, headers })).json();
    expect(trend).toMatchObject({ tier: 'raw', intervalMs: 1_000, alarms: [], hasMoreAlarms: false });
    expect(trend.series.map(({ metric, unit, mean }: Record<string, unknown>) => [metric, unit, mean])).toEqual([
      ['temperature', 'Cel', [1.5]],
      ['outer temp/x', null, [1.5]],
    ]);
  });

  test.each([
    ['no series', `/api/trend?${range}`],
    ['nine series', `/api/trend?${Array.from({ length: 9 }, (_, i) => `s=a/b/c/m${i}`).join('&')}&${range}`],
    ['a name with a quote', `/api/trend?s=lyon/x/tank%27/m&${range}`],
    ['a name that leaves its place', `/api/trend?s=../../a/m&${range}`],
    ['an export over two years', `/api/series/export.csv?s=${SERIES}&from=0&to=${2 * 366 * 86_400_000}`],
    ['a search of a novel', `/api/series?search=${'a'.repeat(300)}`],
  ])('%s is refused before the store is asked', async (_, url) => {
    const { app, headers, asked } = await openWith([]);
    expect([(await app.inject({ url, headers })).statusCode, asked]).toEqual([400, []]);
  });
});

describe('GET /api/series/export.csv', () => {
  const url = `/api/series/export.csv?s=${SERIES}&${range}`;
  test('is a file of points', async () => {
    const rows = [[START, 1.5, null, null, null]];
    const { app, headers } = await openWith([[/^SELECT "value"/, { columns: ['time', 'value'], rows }]]);
    const answer = await app.inject({ url, headers });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toContain('attachment');
    expect(answer.body).toBe(
      'time,site,area,device,metric,value,unit,quality\r\n2027-01-15T08:00:00.000Z,lyon,tank-farm,tank-01,temperature,1.5,Cel,good\r\n',
    );
  });
  test('is a problem where the store cannot be asked, and no half file', async () => {
    const { app, headers } = await openWith([[/SELECT/, new StoreError('The store is away.', true)]]);
    const answer = await app.inject({ url, headers });
    expect([answer.statusCode, answer.json().detail]).toEqual([503, 'The store is away.']);
  });
});

describe('POST /api/query', () => {
  const ask = (app: Awaited<ReturnType<typeof openWith>>['app'], headers: Record<string, string>, q: string) =>
    app.inject({ method: 'POST', url: '/api/query', payload: { q }, headers });

  test('gives an engineer what the store answers, with its tags', async () => {
    const answer = { name: 'reading', tags: { device: 'a' }, columns: ['time', 'mean'], rows: [[1, 2]] };
    const { app, headers, asked } = await openWith([[/./, answer]], 'engineer');
    expect((await ask(app, headers, ' SHOW DATABASES ; ')).json()).toEqual({
      series: [{ name: 'reading', tags: { device: 'a' }, columns: ['time', 'mean'], values: [[1, 2]] }],
      isCut: false,
    });
    expect(asked).toEqual(['SHOW DATABASES']);
  });
  test('is cut at a bound, and says so', async () => {
    const rows = Array.from({ length: 20_001 }, (_, i) => [i]);
    const { app, headers } = await openWith([[/./, { columns: ['time'], rows }]], 'engineer');
    const { series, isCut } = (await ask(app, headers, 'SHOW SERIES')).json();
    expect([series[0].values.length, isCut]).toEqual([20_000, true]);
  });
  test('many at once are read one after another, and past a bound refused', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const bounds = new Set<number | undefined>();
    const gate = Promise.withResolvers<void>();
    const tables: Store['tables'] = async (_, { signal, bytesMax } = {}) => {
      signals.push(signal);
      bounds.add(bytesMax);
      await gate.promise;
      return [];
    };
    const store: Store = { tables, query: async () => ({ columns: [], rows: [] }) };
    const { app, logIn } = await openTestConsole({ store, access: new TestAccess({ operator: 'engineer' }) });
    const headers = { cookie: await logIn(), ...PAGE };
    const asked = Array.from({ length: 6 }, () => ask(app, headers, 'SHOW DATABASES'));
    const refused = await Promise.race(asked);
    expect([refused.statusCode, refused.json().detail]).toEqual([503, expect.stringContaining('Try again')]);
    expect([signals.length, signals[0]?.aborted, bounds]).toEqual([1, false, new Set([2 * 1024 * 1024])]);
    gate.resolve();
    const statuses = (await Promise.all(asked)).map(({ statusCode }) => statusCode).sort();
    expect(statuses).toEqual([200, 200, 200, 200, 200, 503]);
  });
  test('one that is abandoned is not gone on with', async () => {
    const asked = Promise.withResolvers<AbortSignal | undefined>();
    const tables: Store['tables'] = (_, { signal } = {}) => {
      asked.resolve(signal);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    };
    const store: Store = { tables, query: async () => ({ columns: [], rows: [] }) };
    const { app, logIn } = await openTestConsole({ store, access: new TestAccess({ operator: 'engineer' }) });
    const headers = { cookie: await logIn(), ...PAGE, 'content-type': 'application/json' };
    const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/query`;
    const gone = new AbortController();
    const body = JSON.stringify({ q: 'SHOW DATABASES' });
    const answer = fetch(url, { method: 'POST', headers, body, signal: gone.signal }).catch(() => 'gone');
    const signal = await asked.promise;
    gone.abort();
    await expect.poll(() => signal?.aborted, { timeout: 20_000 }).toBe(true);
    expect(await answer).toBe('gone');
    await app.close();
  });
  test.each([
    ['DROP DATABASE plant', 400],
    ['SELECT * INTO x FROM reading', 400],
    ['SELECT 1 FROM x; DROP DATABASE plant', 400],
    ['', 400],
  ])('%s does not come to the store', async (q, status) => {
    const { app, headers, asked } = await openWith([], 'engineer');
    expect([(await ask(app, headers, q)).statusCode, asked]).toEqual([status, []]);
  });
  test('is for engineers, and for our own page', async () => {
    const { app, headers, asked } = await openWith([]);
    expect((await ask(app, headers, 'SHOW DATABASES')).statusCode).toBe(403);
    const engineer = await openWith([], 'engineer');
    expect((await ask(engineer.app, { cookie: engineer.headers.cookie }, 'SHOW DATABASES')).statusCode).toBe(403);
    expect([...asked, ...engineer.asked]).toEqual([]);
  });
});
