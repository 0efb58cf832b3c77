// A historian on a free port and in a folder of its own, for tests; everything is gone when it is disposed of.

import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Access } from '#runtime/access/access.ts';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import type { QueryHost } from '../answer/answer-query.ts';
import { queryCalls } from '../answer/query-calls.ts';
import { Login } from '../auth/login.ts';
import { pipelineLogins } from '../auth/pipeline-logins.ts';
import { UserStore } from '../auth/user-store.ts';
import { TestEngine } from '../engine/testing.ts';
import { RunningQueries } from '../influxql/running-queries.ts';
import type { StoreParts } from '../store-parts.ts';
import { BodyMemory } from './body-memory.ts';
import { guardedGate, OPEN_GATE } from './gate.ts';
import type { HistorianParts } from './historian-parts.ts';
import { historianMeters } from './meters.ts';
import { createServer } from './server.ts';

const WEEK_US = 604_800_000_000;

export type TestServer = AsyncDisposable & {
  readonly url: string;
  /** With its engine and its reader in this thread. */
  readonly test: TestEngine;
  readonly users: UserStore;
  /** Status and body of a write to database `g`, times in ms. */
  write(
    body: string | Uint8Array<ArrayBuffer>,
    headers?: Record<string, string>,
  ): Promise<[status: number, text: string]>;
  /** The answer to a query on database `g`, times in ms. */
  query(q: string, method?: 'GET' | 'POST'): Promise<unknown>;
};

export type TestServerOptions = Partial<HistorianParts> & {
  readonly queries?: Partial<QueryHost>;
  /** Whether every request needs a login. */
  readonly auth?: boolean;
  /** People and services of the pipeline; nobody where it is left out. */
  readonly access?: Pick<Access, 'identify' | 'hasPeople'>;
};

const NO_PEOPLE = { hasPeople: false, identify: async () => ({ kind: 'wrong' }) as const };

export async function openTestServer({
  auth = false,
  access = NO_PEOPLE,
  queries: ownQueries = {},
  ...overrides
}: TestServerOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'historian-'));
  const test = await TestEngine.open(folder, { seriesMax: 10_000 });
  const { engine } = test;
  const now = () => Date.now();
  const users = new UserStore(path.join(folder, 'users.json'));
  const own = new Login((name) => users.find(name), now);
  const isOwn = (name: string) => users.find(name) !== undefined;
  const logins = pipelineLogins({ own, isOwn, access, database: 'g' });
  const queries: QueryHost = {
    store: test.store,
    changes: {
      async change(change) {
        await engine.change(change);
        test.store.refresh();
      },
    },
    users,
    running: new RunningQueries(32),
    startedAtMs: now(),
    version: '1.8.10',
    limits: { maxBuckets: 100_000, maxPoints: 10_000_000, maxRows: 100_000, maxSeries: 100_000 },
    timeoutMs: 30_000,
    now,
    pause: () => setImmediate(),
    ...ownQueries,
  };
  const store: StoreParts = {
    write: (request) => engine.write(request),
    expire: (nowUs) => engine.expire(nowUs),
    status: () => ({
      ...{ problem: engine.problem(), databases: engine.databases },
      ...{ headSamples: engine.headSamples, logBytes: engine.logBytes },
    }),
    queries: queryCalls(queries, { refresh: () => test.store.refresh(), idle: () => test.refresh() }),
  };
  const server = createServer(
    {
      store,
      meters: historianMeters(new Metrics('historian'), store.status, () => 0),
      now,
      gate: auth ? guardedGate(logins, () => users.hasAdmin() || access.hasPeople) : OPEN_GATE,
      body: { maxBytes: 25_000_000, memory: new BodyMemory(134_217_728) },
      requestTimeoutMs: 60_000,
      ...overrides,
    },
    silentLog(),
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const autogen = { name: 'autogen', durationUs: 0, shardDurationUs: WEEK_US, isDefault: true };
  await engine.change({ kind: 'create-database', name: 'g', policy: autogen });
  const r1m = { ...autogen, name: 'r1m', isDefault: false };
  await engine.change({ kind: 'create-policy', database: 'g', policy: r1m });
  return {
    url,
    test,
    users,
    async write(body, headers = {}) {
      const response = await fetch(`${url}/write?db=g&precision=ms`, { method: 'POST', body, headers });
      return [response.status, await response.text()];
    },
    async query(q, method = 'GET') {
      const parameters = new URLSearchParams({ db: 'g', epoch: 'ms', q });
      const response = await (method === 'GET'
        ? fetch(`${url}/query?${parameters}`)
        : fetch(`${url}/query`, { method, body: parameters }));
      return response.json();
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await test[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
