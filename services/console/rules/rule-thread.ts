// The console's side of a thread that runs rules: jobs wait in a line and run one after another, each within a time and the thread
// within its memory. A job that is given up is asked to end; a thread that does not hear is ended, and the next job has a new one,
// which has to read its points again. The queue is bounded; past it one is sent away, to come again.

import { Worker } from 'node:worker_threads';
import type { Log } from '#runtime/log.ts';
import { ProblemError, RefusedError } from '../http/problem.ts';
import type { Job, JobAnswer, JobOrder, JobRefusal, ThreadData } from './job.ts';

export type RuleThreadParts = {
  readonly name: string;
  readonly data: Omit<ThreadData, 'givenUp'>;
  readonly memoryMbMax: number;
  readonly log: Log;
  /** Settles after so many ms, or rejects once it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly jobMsMax?: number;
};

/** Longer than a month of a few devices takes; nobody looks at a page that long. */
const JOB_MS_MAX = 30_000;
/** For the start of the thread itself, which loads the engine of the rules. */
const START_MS_MAX = 30_000;
/** Between two looks at whether it is given up a job does far less. */
const GRACE_MS = 1_000;
/** Then its points and its memory are given back. */
const IDLE_MS = 10 * 60_000;
const WAITING_MAX = 16;

type Task = {
  readonly id: number;
  readonly job: Job;
  readonly settle: (json: string) => void;
  readonly fail: (error: ProblemError) => void;
};

export class RuleThread implements AsyncDisposable {
  readonly #parts: RuleThreadParts;
  readonly #givenUp = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  #worker: Worker | undefined;
  #waiting: Task[] = [];
  #running: Task | undefined;
  /** Ends the clock of the running job, or that of an idle thread. */
  #clock = new AbortController();
  #lastId = 0;
  #isClosed = false;

  constructor(parts: RuleThreadParts) {
    this.#parts = parts;
  }

  /** JSON. @throws ProblemError; what `signal` bears where it is given up */
  do(job: Job, signal: AbortSignal): Promise<string> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#isClosed) return Promise.reject(new ProblemError(503, 'The console is closing. Try again in a moment.'));
    if (this.#waiting.length >= WAITING_MAX)
      return Promise.reject(
        new ProblemError(503, 'Too many are running rules at this moment. Try again in a few seconds.', 5_000),
      );
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const task: Task = { id: ++this.#lastId, job, settle: resolve, fail: reject };
    const giveUp = () => this.#giveUp(task, signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    this.#waiting.push(task);
    this.#next();
    return promise.finally(() => signal.removeEventListener('abort', giveUp));
  }

  #next(): void {
    if (this.#running !== undefined || this.#isClosed) return;
    const task = this.#waiting.shift();
    if (task === undefined) return;
    this.#running = task;
    const { job, id } = task;
    this.#worker ??= this.#start();
    this.#tell({ id, job });
    this.#after(START_MS_MAX, () => this.#giveUp(task, tooLong(job, START_MS_MAX)));
  }

  #tell(order: JobOrder): void {
    this.#worker?.postMessage(order);
  }

  /** One thing at a time is waited for; what was waited for before is not any more. */
  #after(ms: number, then: () => void): void {
    this.#clock.abort();
    this.#clock = new AbortController();
    const { signal } = this.#clock;
    this.#parts.wait(ms, signal).then(
      () => {
        if (!signal.aborted) then();
      },
      () => {}, // it is not waited for any more
    );
  }

  #giveUp(task: Task, because: ProblemError): void {
    task.fail(because);
    this.#waiting = this.#waiting.filter((each) => each !== task);
    if (this.#running !== task) return;
    Atomics.store(new Int32Array(this.#givenUp), 0, task.id);
    this.#tell({ id: task.id, isGivenUp: true });
    this.#after(GRACE_MS, () => this.#drop());
  }

  /** The thread goes, with whatever it is doing. */
  #drop(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#running = undefined;
    void worker?.terminate();
    this.#next();
  }

  #start(): Worker {
    const { name, data, memoryMbMax } = this.#parts;
    const workerData: ThreadData = { ...data, givenUp: this.#givenUp };
    const worker = new Worker(new URL('./rules-thread.ts', import.meta.url), {
      name,
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: memoryMbMax },
    });
    const isOurs = () => this.#worker === worker;
    worker.on('message', (answer: JobAnswer) => {
      if (isOurs()) this.#take(answer);
    });
    worker.on('error', (error) => {
      if (isOurs()) this.#lose(error);
    });
    worker.on('exit', (code) => {
      if (isOurs()) this.#lose(new Error(`the thread has ended by itself (${code})`));
    });
    return worker;
  }

  #take(answer: JobAnswer): void {
    const task = this.#running;
    if (task?.id !== answer.id) return;
    if ('hasBegun' in answer) {
      this.#begin(task);
      return;
    }
    if ('json' in answer) task.settle(answer.json);
    else task.fail(problemOf(answer.refusal));
    this.#running = undefined;
    this.#after(IDLE_MS, () => this.#drop());
    this.#next();
  }

  /** Only now, so that a thread that starts slowly on a busy machine takes no time from its job. */
  #begin(task: Task): void {
    // What was given up meanwhile has a clock of its own.
    if (Atomics.load(new Int32Array(this.#givenUp), 0) === task.id) return;
    const { jobMsMax = JOB_MS_MAX } = this.#parts;
    this.#after(jobMsMax, () => this.#giveUp(task, tooLong(task.job, jobMsMax)));
  }

  #lose(error: Error): void {
    const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (!isMemory) this.#parts.log.error({ err: error, job: this.#running?.job.kind }, 'a job of rules failed');
    this.#running?.fail(isMemory ? tooMuch(this.#running.job) : failed());
    this.#drop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#clock.abort();
    for (const task of [...this.#waiting, ...(this.#running === undefined ? [] : [this.#running])])
      task.fail(new ProblemError(503, 'The console is closing. Try again in a moment.'));
    this.#waiting = [];
    this.#running = undefined;
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

function problemOf({ status, detail, findings }: JobRefusal): ProblemError {
  return findings === undefined ? new ProblemError(status, detail) : new RefusedError(detail, findings);
}

const WAY_OUT: { readonly [kind in Job['kind']]: string } = {
  list: 'Look for a file in the rules folder that is far too large.',
  check: 'Its tests take longest; make them fewer or shorter.',
  diff: 'Make the text smaller.',
  test: 'Run fewer tests at once, or make their series shorter.',
  backtest: 'Choose a shorter range, or a scope of fewer devices.',
  explain: 'Look at a moment at which the store has less to tell.',
};

function tooLong({ kind }: Job, ms: number): ProblemError {
  return new ProblemError(504, `It was ended after ${Math.round(ms / 1_000)} s. ${WAY_OUT[kind]}`);
}

function tooMuch({ kind }: Job): ProblemError {
  return new ProblemError(422, `It needs more memory than it may have. ${WAY_OUT[kind]}`);
}

function failed(): ProblemError {
  return new ProblemError(500, 'Running the rules failed, and the log of the console says why.');
}
