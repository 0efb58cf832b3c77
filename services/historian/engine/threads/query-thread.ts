// The thread that answers queries: it follows the engine, reads memory and chunks, and never waits for a writer.

import { flushCompileCache } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { type MessagePort, workerData } from 'node:worker_threads';
import type { QueryHost } from '../../answer/answer-query.ts';
import { queryCalls } from '../../answer/query-calls.ts';
import type { QueryLimits } from '../../influxql/budget.ts';
import { RunningQueries } from '../../influxql/running-queries.ts';
import type { Users } from '../../influxql/users.ts';
import { ReadStore } from '../read/read-store.ts';
import { callsOver, serveCalls } from './calls.ts';
import type { EngineCalls } from './engine-thread.ts';
import { takeNews, tellReleased } from './follow.ts';

export type QueryThreadData = {
  readonly root: string;
  readonly options: QueryOptions;
  readonly news: MessagePort;
  readonly engine: MessagePort;
  readonly calls: MessagePort;
  /** Those who keep the users. */
  readonly users: MessagePort;
};

export type QueryOptions = Pick<QueryHost, 'startedAtMs' | 'version' | 'timeoutMs'> & {
  readonly limits: QueryLimits;
  readonly concurrentMax: number;
};

const { root, options, news, engine, calls, users } = workerData as QueryThreadData;
const REFRESH_MS = 500;

const { concurrentMax, ...rest } = options;
const store = new ReadStore(root);
const { change } = callsOver<EngineCalls>(engine, ['change']);

function refresh(): void {
  takeNews(news, store);
  store.refresh();
}

/** What no query reads any more. */
function release(): void {
  for (const generation of store.takeReleased()) tellReleased(news, generation);
}

const host: QueryHost = {
  ...rest,
  store,
  changes: {
    async change(what) {
      await change(what);
      refresh();
    },
  },
  users: callsOver<Pick<Users, 'list' | 'change'>>(users, ['list', 'change']),
  running: new RunningQueries(concurrentMax),
  now: () => Date.now(),
  pause: () => setImmediate(),
};

serveCalls(calls, queryCalls(host, { refresh, idle: release }));
// Also where nobody asks: the engine waits for the memory of what is sealed.
setInterval(() => {
  if (host.running.list().length > 0) return;
  refresh();
  release();
}, REFRESH_MS);
flushCompileCache(); // of this thread: see the runtime's process.ts
