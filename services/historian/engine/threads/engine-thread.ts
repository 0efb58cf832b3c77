// The thread that takes writes: parsing, the log, memory, the catalogue. Who reads follows over a port.

import { flushCompileCache } from 'node:module';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Change } from '../../influxql/store.ts';
import type { EngineOptions, WriteOutcome, WriteRequest } from '../engine.ts';
import type { EngineStatus } from '../engine-status.ts';
import { openEngine } from '../open-engine.ts';
import { SEALER_CALLS } from '../seal/seal-lane.ts';
import { callsOver, type Failure, failureOf, serveCalls } from './calls.ts';
import { followOver, onReleased } from './follow.ts';
import type { SealerCalls } from './sealer-thread.ts';

export type EngineThreadData = {
  readonly root: string;
  readonly options: EngineOptions;
  readonly sealer: MessagePort;
  /** News for whoever reads. */
  readonly news: MessagePort;
  /** Calls of the main thread, and those of the thread that answers queries. */
  readonly calls: readonly MessagePort[];
};

/** What the main thread is told unasked. */
export type EngineNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'status'; readonly status: EngineStatus }
  | { readonly kind: 'damage'; readonly damage: object }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type EngineCalls = {
  write(request: WriteRequest): Promise<WriteOutcome>;
  change(change: Change): Promise<void>;
  expire(nowUs: number): Promise<void>;
  close(): Promise<void>;
};

const STATUS_MS = 500;

const { root, options, sealer, news, calls } = workerData as EngineThreadData;

function tell(what: EngineNews): void {
  parentPort?.postMessage(what);
}

function fail(error: Error): void {
  tell({ kind: 'failed', failure: failureOf(error) });
}

try {
  const sealerCalls = callsOver<SealerCalls>(sealer, [...SEALER_CALLS, 'locked']);
  await sealerCalls.locked();
  const opened = await openEngine(root, {
    ...options,
    sealer: sealerCalls,
    follower: followOver(news),
    turn: () => setImmediate(),
    wait: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {}),
    onDamage: (damage) => tell({ kind: 'damage', damage }),
    onFatal: fail,
  });
  const { engine } = opened;
  const status = () => ({
    problem: engine.problem(),
    databases: engine.databases,
    headSamples: engine.headSamples,
    logBytes: engine.logBytes,
  });
  const timer = setInterval(() => tell({ kind: 'status', status: status() }), STATUS_MS);
  const callable: EngineCalls = {
    write: (request) => engine.write(request),
    async change(change) {
      await engine.change(change);
      // Which databases there are is known to the sockets before the one who made one hears of it.
      tell({ kind: 'status', status: status() });
    },
    expire: (nowUs) => engine.expire(nowUs),
    async close() {
      clearInterval(timer);
      await opened[Symbol.asyncDispose]();
    },
  };
  onReleased(news, (generation) => engine.release(generation));
  for (const port of calls) serveCalls(port, callable);
  void engine.sweep();
  tell({ kind: 'status', status: status() });
  tell({ kind: 'ready' });
  flushCompileCache(); // of this thread: see the runtime's process.ts
} catch (error) {
  fail(error as Error);
}
