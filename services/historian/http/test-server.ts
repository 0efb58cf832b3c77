// A historian on a free port and in a folder of its own, for tests; everything is gone when it is disposed of.

import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import type { QueryHost } from '../answer/answer-query.ts';
import { Login } from '../auth/login.ts';
import { UserStore } from '../auth/user-store.ts';
import { SqliteEngine } from '../engine/sqlite-engine.ts';
import { WriteQueue } from '../engine/write-queue.ts';
import { RunningQueries } from '../influxql/running-queries.ts';
import { BodyMemory } from './body-memory.ts';
import { guardedGate, OPEN_GATE } from './gate.ts';
import type { HistorianParts } from './historian-parts.ts';
import { historianMeters } from './meters.ts';
import { createServer } from './server.ts';

export type TestServer = AsyncDisposable & {
  readonly url: string;
  readonly engine: SqliteEngine;
  readonly users: UserStore;
  /** Status and body of a write to database `g`, times in ms. */
  write(
    body: string | Uint8Array<ArrayBuffer>,
    headers?: Record<string, string>,
  ): Promise<[status: number, text: string]>;
  /** The answer to a query on database `g`, times in ms. */
  query(q: string, method?: 'GET' | 'POST'): Promise<unknown>;
};

export type TestServerOptions = Partial<HistorianParts & QueryHost> & {
  /** Whether every request needs a login. */
  readonly auth?: boolean;
};

export async function openTestServer({ auth = false, ...overrides }: TestServerOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'historian-'));
  const engine = new SqliteEngine(folder, { seriesMax: 10_000 });
  const pause = () => setImmediate();
  const now = () => Date.now();
  const users = new UserStore(path.join(folder, 'users.json'));
  const login = new Login((name) => users.find(name), now);
  const queries: QueryHost = {
    store: engine,
    changes: engine,
    users,
    running: new RunningQueries(32),
    startedAtMs: now(),
    version: '1.8.10',
    limits: { maxBuckets: 100_000, maxPoints: 10_000_000, maxRows: 100_000, maxSeries: 100_000 },
    timeoutMs: 30_000,
    now,
    pause,
    ...overrides,
  };
  const server = createServer(
    {
      engine,
      queue: new WriteQueue(engine, pause),
      meters: historianMeters(new Metrics('historian'), () => engine.bytes()),
      now,
      pause,
      gate: auth ? guardedGate(login, () => users.hasAdmin()) : OPEN_GATE,
      body: { maxBytes: 25_000_000, memory: new BodyMemory(134_217_728) },
      requestTimeoutMs: 60_000,
      queries,
      ...overrides,
    },
    silentLog(),
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  engine.createDatabase('g', { name: 'autogen', durationUs: 0, isDefault: true });
  engine.createPolicy('g', { name: 'r1m', durationUs: 0, isDefault: false });
  return {
    url,
    engine,
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
      engine[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
