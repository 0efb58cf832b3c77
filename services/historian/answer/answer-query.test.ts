import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ANYBODY } from '../influxql/access.ts';
import { RunningQueries } from '../influxql/running-queries.ts';
import type { Store, StoredMeasurement, StoredSeries } from '../influxql/store.ts';
import { type Answer, answerQuery, type QueryHost, type QueryRequest } from './answer-query.ts';

/** Database `d` with a measurement whose series never end, so that what reads them ends by something else. */
function endlessStore(): Store {
  const series = (key: string): StoredSeries => ({
    key,
    tags: new Map(),
    hasField: () => false,
    pages: () => [],
    summed: () => [],
  });
  const measurement: StoredMeasurement = {
    name: 'm',
    fields: new Map(),
    tagKeys: () => [],
    *series() {
      for (;;) yield series('m');
    },
  };
  return {
    databases: () => ['d'],
    policies: (database) => (database === 'd' ? [{ name: 'p', durationUs: 0, isDefault: true }] : undefined),
    measurements: () => [measurement],
    measurement: () => measurement,
  };
}

function openHost(overrides: Partial<QueryHost> = {}): QueryHost {
  return {
    store: endlessStore(),
    changes: { change: async () => {} },
    users: { list: async () => [], change: async () => undefined },
    running: new RunningQueries(2),
    startedAtMs: 0,
    version: '1',
    limits: { maxBuckets: 1, maxPoints: 1, maxRows: 1, maxSeries: 1 },
    now: () => 0,
    pause: () => setImmediate(),
    timeoutMs: 1_000,
    ...overrides,
  };
}

function ask(text: string, host: QueryHost, own: Partial<QueryRequest> = {}, gone = new AbortController()): Answer {
  const request: QueryRequest = {
    text,
    parameters: new Map(),
    database: 'd',
    policy: undefined,
    access: ANYBODY,
    isReadOnly: false,
    format: 'json',
    epoch: 'ms',
    chunkRows: undefined,
    isPretty: false,
    ...own,
  };
  return answerQuery(request, host, gone.signal);
}

async function textOf(answer: Answer): Promise<string> {
  if (answer.status !== 200) return answer.text;
  let text = '';
  for await (const piece of answer.pieces) text += piece;
  return text;
}

const resultsOf = async (answer: Answer) => JSON.parse(await textOf(answer)).results;

describe('what cannot be read', () => {
  test.each([
    [{}, '{"error":"error parsing query: found EOF, expected FROM at line 1, char 9"}\n'],
    [{ isPretty: true }, '{\n    "error": "error parsing query: found EOF, expected FROM at line 1, char 9"\n}\n'],
    [{ format: 'csv' as const }, 'error\n"error parsing query: found EOF, expected FROM at line 1, char 9"\n'],
  ])('is told in the form that was asked for: %o', async (own, text) => {
    const answer = ask('SELECT 1', openHost(), own);
    expect([answer.status, await textOf(answer)]).toEqual([400, text]);
  });

  test('holds no place among the running queries', () => {
    const host = openHost();
    ask('SELECT 1', host);
    expect(host.running.list()).toEqual([]);
  });
});

describe('a query without end', () => {
  test('is shown by SHOW QUERIES, and ended by KILL QUERY', async () => {
    let now = 0;
    const host = openHost({ now: () => now });
    const endless = textOf(ask('SHOW SERIES; SHOW DATABASES', host));
    now = 999;
    expect(await resultsOf(ask('SHOW QUERIES', host))).toMatchObject([
      {
        series: [
          {
            columns: ['qid', 'query', 'database', 'duration', 'status'],
            values: [
              [1, 'SHOW SERIES; SHOW DATABASES', 'd', '999ms', 'running'],
              [2, 'SHOW QUERIES', 'd', '0s', 'running'],
            ],
          },
        ],
      },
    ]);
    expect(await resultsOf(ask('KILL QUERY 7', host))).toEqual([{ statement_id: 0, error: 'no such query id: 7' }]);
    expect(await resultsOf(ask('KILL QUERY 1', host))).toEqual([{ statement_id: 0 }]);
    expect(JSON.parse(await endless).results).toEqual([
      { statement_id: 0, error: 'query interrupted' },
      { statement_id: 1, error: 'not executed' },
    ]);
    expect(host.running.list()).toEqual([]);
  });

  test('is shown without the passwords in it', async () => {
    const text = `SHOW QUERIES; CREATE USER u WITH PASSWORD 'secret'; SET PASSWORD FOR u = 'secret'`;
    const answer = await textOf(ask(text, openHost()));
    expect(answer).toContain('SHOW QUERIES; CREATE USER u WITH PASSWORD [REDACTED]; SET PASSWORD FOR u = [REDACTED]');
    expect(answer).not.toContain('secret');
  });

  test('others have their turn also where the clock stands still', async () => {
    const gone = new AbortController();
    const answer = ask('SHOW SERIES', openHost(), {}, gone);
    const turn = setImmediate().then(() => gone.abort());
    expect(await textOf(answer)).toBe('');
    await turn;
  });

  test('is ended by its time', async () => {
    let now = 0;
    const answer = ask('SHOW SERIES', openHost({ now: () => (now += 1), timeoutMs: 100 }));
    expect(await resultsOf(answer)).toEqual([{ statement_id: 0, error: 'query-timeout limit exceeded' }]);
  });

  test.each([
    'DELETE FROM m',
    'SHOW TAG VALUES WITH KEY = k',
    'SHOW MEASUREMENTS WHERE k = 1',
    'SHOW SERIES CARDINALITY',
  ])('%s too', async (text) => {
    let now = 0;
    const answer = ask(text, openHost({ now: () => (now += 1), timeoutMs: 100 }));
    expect(await resultsOf(answer)).toEqual([{ statement_id: 0, error: 'query-timeout limit exceeded' }]);
  });

  test('lets the others have their turn', async () => {
    let now = 0;
    const host = openHost({ now: () => (now += 1), timeoutMs: 10_000 });
    const endless = textOf(ask('SHOW SERIES', host));
    expect(await resultsOf(ask('SHOW DATABASES', host))).toMatchObject([{ series: [{ values: [['d']] }] }]);
    host.running.kill(1);
    await endless;
  });

  test('ends when nobody waits for it any more, and says nothing', async () => {
    const host = openHost();
    const gone = new AbortController();
    const endless = textOf(ask('SHOW SERIES', host, {}, gone));
    gone.abort();
    expect(await endless).toBe('');
    expect(host.running.list()).toEqual([]);
  });
});

describe('a place among the running queries', () => {
  test('is refused where there is none', async () => {
    const host = openHost({ running: new RunningQueries(1) });
    const gone = new AbortController();
    ask('SHOW SERIES', host, {}, gone);
    const answer = ask('SHOW DATABASES', host);
    const text = '{"error":"max-concurrent-queries limit exceeded(1, 1)"}\n';
    expect([answer.status, await textOf(answer)]).toEqual([503, text]);
    gone.abort();
    expect(ask('SHOW DATABASES', host).status).toBe(200);
  });

  test('is given back by an answer that is read to its end, or closed before', async () => {
    const host = openHost({ running: new RunningQueries(1) });
    await textOf(ask('SHOW DATABASES', host));
    const answer = ask('SHOW DATABASES', host);
    if (answer.status !== 200) throw new Error(answer.text);
    await answer.pieces.next();
    await answer.pieces.return(undefined);
    expect(host.running.totals()).toEqual({ started: 2, finished: 2, totalMs: 0 });
  });
});

describe('changes', () => {
  test('are made one after another, and the rest is not executed where one fails', async () => {
    const made: unknown[] = [];
    const changes = {
      async change(change: { readonly kind: string }) {
        if (change.kind === 'drop-measurement') throw new Error('disk full');
        made.push(change);
      },
    };
    const text = 'CREATE DATABASE e; DROP RETENTION POLICY p ON d; DROP MEASUREMENT m; DROP DATABASE d';
    expect(await resultsOf(ask(text, openHost({ changes })))).toEqual([
      { statement_id: 0 },
      { statement_id: 1 },
      { statement_id: 2, error: 'the store could not be changed: disk full' },
      { statement_id: 3, error: 'not executed' },
    ]);
    expect(made).toEqual([
      {
        kind: 'create-database',
        name: 'e',
        policy: { name: 'autogen', durationUs: 0, shardDurationUs: 604_800_000_000, isDefault: true },
      },
      { kind: 'drop-policy', database: 'd', name: 'p' },
    ]);
  });
});

test('an answer of no statement is an empty object', async () => {
  expect(await textOf(ask(';', openHost()))).toBe('{}\n');
  expect(await textOf(ask(';', openHost(), { chunkRows: 5 }))).toBe('{}\n');
});
