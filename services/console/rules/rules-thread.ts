// The thread beside the console that runs rules: people's rules over much data, while the console's own thread goes on telling the
// plant's values. One job at a time; whoever starts the thread ends it where a job takes too long.

import { flushCompileCache } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { influxClient } from '#rules/backtest/influx-client.ts';
import { PointMemory } from '#rules/backtest/point-memory.ts';
import { SourceError } from '#rules/backtest/point-source.ts';
import { type Job, type JobAnswer, type JobOrder, type JobRefusal, JobRefused, type ThreadData } from './job.ts';
import { backtestJob } from './jobs/backtest-job.ts';
import { checkJob } from './jobs/check-job.ts';
import { diffJob } from './jobs/diff-job.ts';
import { explainJob } from './jobs/explain-job.ts';
import { GivenUp, type JobContext } from './jobs/job-context.ts';
import { listJob } from './jobs/list-job.ts';
import { testJob } from './jobs/test-job.ts';

/** About 200 MB: ten days of ten devices at 5 s. */
const POINTS_MAX = 2_000_000;
const KEPT_MS = 10 * 60_000;
/** What the writer and a slow store may be behind. */
const SETTLE_MS = 2 * 60_000;

const { rulesDir, store, givenUp } = workerData as ThreadData;
const newestGivenUp = new Int32Array(givenUp);
const memory = new PointMemory({ pointsMax: POINTS_MAX, keptMs: KEPT_MS, settleMs: SETTLE_MS });
const client = influxClient(store);
let running: { readonly id: number; readonly abort: AbortController } | undefined;

function run(job: Job, context: JobContext): object | Promise<object> {
  switch (job.kind) {
    case 'list':
      return listJob(context);
    case 'check':
      return checkJob(job.wish, context);
    case 'diff':
      return diffJob(job.wish, context);
    case 'test':
      return testJob(job.wish, context);
    case 'backtest':
      return backtestJob({ ...job.wish, now: job.now }, context);
    case 'explain':
      return explainJob(job, context);
  }
}

async function answer(id: number, job: Job): Promise<JobAnswer> {
  parentPort?.postMessage({ id, hasBegun: true } satisfies JobAnswer);
  const abort = new AbortController();
  running = { id, abort };
  const isGivenUp = () => abort.signal.aborted || Atomics.load(newestGivenUp, 0) === id;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
  };
  try {
    const context = { rulesDir, memory, client, database: store.database, signal: abort.signal, isGivenUp, sleep };
    return { id, json: JSON.stringify(await run(job, { ...context, nowMs: () => performance.now() })) };
  } catch (error) {
    return { id, refusal: refusalOf(error, isGivenUp()) };
  } finally {
    running = undefined;
  }
}

function refusalOf(error: unknown, isGivenUp: boolean): JobRefusal {
  if (error instanceof GivenUp || isGivenUp) return { status: 409, detail: 'It was given up.' };
  if (error instanceof JobRefused) return error.refusal;
  if (error instanceof SourceError) {
    const { message, isUnreachable } = error;
    return { status: isUnreachable ? 503 : 502, detail: `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.` };
  }
  throw error; // a bug: the thread ends with it, and the console's log says so
}

parentPort?.on('message', (order: JobOrder) => {
  if ('isGivenUp' in order) {
    if (running?.id === order.id) running.abort.abort();
    return;
  }
  void answer(order.id, order.job).then((said) => parentPort?.postMessage(said));
});
flushCompileCache(); // of this thread: see the runtime's process.ts
