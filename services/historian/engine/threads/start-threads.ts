// The historian's threads: one takes writes, one writes chunks, one answers queries. The main thread has the sockets, and no
// work that could hold them up. A thread that ends by itself is a bug or a failed disk: the process ends with it.

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { QueryCalls } from '../../answer/query-calls.ts';
import type { Users } from '../../influxql/users.ts';
import type { StoreParts } from '../../store-parts.ts';
import type { EngineOptions, WriteRequest } from '../engine.ts';
import type { EngineStatus } from '../engine-status.ts';
import { callsOver, errorOf, serveCalls } from './calls.ts';
import type { EngineCalls, EngineNews, EngineThreadData } from './engine-thread.ts';
import type { QueryOptions, QueryThreadData } from './query-thread.ts';
import type { SealerThreadData } from './sealer-thread.ts';

/** What is new in a thread is soon old: more than this would only be memory that is not collected yet. */
const YOUNG_MB_MAX = 8;

export type ThreadsOptions = {
  readonly engine: EngineOptions;
  readonly query: QueryOptions;
  readonly users: Users;
  readonly onDamage: (damage: object) => void;
  /** The owner exits. */
  readonly onFatal: (error: Error) => void;
};

/** @throws Error where the folder cannot be opened */
export async function startThreads(root: string, options: ThreadsOptions): Promise<StoreParts & AsyncDisposable> {
  const workers: Worker[] = [];
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {}); // told to whoever waits for the start
  let phase: 'starting' | 'running' | 'closing' = 'starting';
  const fail = (error: Error) => {
    if (phase === 'starting') failed.reject(error);
    else if (phase === 'running') options.onFatal(error);
  };
  const start = (file: string, workerData: object, ports: readonly MessagePort[]): Worker => {
    const worker = new Worker(new URL(file, import.meta.url), {
      ...{ workerData, transferList: [...ports] },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB_MAX },
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`a thread of the historian has ended by itself (${file}, ${code})`)));
    workers.push(worker);
    return worker;
  };
  const close = async () => {
    phase = 'closing';
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  try {
    const sealing = new MessageChannel();
    const news = new MessageChannel();
    const ownCalls = new MessageChannel();
    const queryChanges = new MessageChannel();
    const queries = new MessageChannel();
    const users = new MessageChannel();
    serveCalls(users.port1, { list: () => options.users.list(), change: (change) => options.users.change(change) });
    const sealerData: SealerThreadData = { root, engine: sealing.port1 };
    // All at once: each has its own code to load, and asks the one before where it needs it.
    start('./sealer-thread.ts', sealerData, [sealing.port1]);
    const callers = [ownCalls.port1, queryChanges.port1];
    const engineData: EngineThreadData = {
      ...{ root, options: options.engine, sealer: sealing.port2, news: news.port1, calls: callers },
    };
    const engineThread = start('./engine-thread.ts', engineData, [sealing.port2, news.port1, ...callers]);
    let latest: EngineStatus = { problem: 'starting', databases: [], headSamples: 0, logBytes: 0 };
    const ready = Promise.withResolvers<void>();
    engineThread.on('message', (news: EngineNews) => {
      if (news.kind === 'status') latest = news.status;
      else if (news.kind === 'damage') options.onDamage(news.damage);
      else if (news.kind === 'ready') ready.resolve();
      else fail(errorOf(news.failure));
    });
    const queryData: QueryThreadData = {
      ...{ root, options: options.query, news: news.port2, engine: queryChanges.port2, calls: queries.port1 },
      users: users.port2,
    };
    start('./query-thread.ts', queryData, [news.port2, queryChanges.port2, queries.port1, users.port2]);
    await Promise.race([ready.promise, failed.promise]);
    const moves = (name: string, [request]: readonly unknown[]) =>
      name === 'write' ? [(request as WriteRequest).body.buffer as ArrayBuffer] : [];
    const engine = callsOver<EngineCalls>(ownCalls.port2, ['write', 'expire', 'close'], moves);
    phase = 'running';
    return {
      ...{ write: engine.write, expire: engine.expire, status: () => latest },
      queries: callsOver<QueryCalls>(queries.port2, ['open', 'next', 'close']),
      async [Symbol.asyncDispose]() {
        phase = 'closing';
        await engine.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
