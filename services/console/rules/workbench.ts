// What the console asks of its threads: each has what takes about as long, so that a check waits for no test and no backtest.
// A thread begins with its first job, and ends when nobody has asked for a while. Of each user, however often logged in, one job of a kind runs: the next one takes its place.

import { ProblemError } from '../http/problem.ts';
import type { Job, JobKind } from './job.ts';
import { RuleThread, type RuleThreadParts } from './rule-thread.ts';

export type WorkbenchParts = Pick<RuleThreadParts, 'data' | 'log' | 'wait' | 'jobMsMax'>;

/** A plant with thousands of rules and their tests takes 100 MB. */
const TEXTS_MB_MAX = 512;
/** Two million points, a slice of an answer on its way, and the engine. */
const PAST_MB_MAX = 1_024;

export type Asker = {
  /** Whose earlier job of the same kind it takes the place of. */
  readonly owner: string;
  /** Ends where nobody waits any more. */
  readonly hungUp?: AbortSignal;
};

export class Workbench implements AsyncDisposable {
  readonly #texts: RuleThread;
  readonly #tests: RuleThread;
  readonly #past: RuleThread;
  readonly #current = new Map<string, AbortController>();

  constructor(parts: WorkbenchParts) {
    this.#texts = new RuleThread({ ...parts, name: 'rules-texts', memoryMbMax: TEXTS_MB_MAX });
    this.#tests = new RuleThread({ ...parts, name: 'rules-tests', memoryMbMax: TEXTS_MB_MAX });
    this.#past = new RuleThread({ ...parts, name: 'rules-past', memoryMbMax: PAST_MB_MAX });
  }

  /** JSON. @throws ProblemError */
  async run(job: Job, { owner, hungUp }: Asker): Promise<string> {
    const key = `${job.kind} ${owner}`;
    this.#current.get(key)?.abort(new ProblemError(409, `A newer ${WORDS[job.kind]} of yours has taken its place.`));
    const current = new AbortController();
    this.#current.set(key, current);
    const signal = hungUp === undefined ? current.signal : AbortSignal.any([current.signal, hungUp]);
    try {
      return await this.#threadOf(job).do(job, signal);
    } finally {
      if (this.#current.get(key) === current) this.#current.delete(key);
    }
  }

  #threadOf({ kind }: Job): RuleThread {
    if (kind === 'test') return this.#tests;
    return kind === 'backtest' || kind === 'explain' ? this.#past : this.#texts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#texts, this.#tests, this.#past].map((thread) => thread[Symbol.asyncDispose]()));
  }
}

const WORDS: { readonly [kind in JobKind]: string } = {
  list: 'list',
  check: 'check',
  diff: 'comparison',
  test: 'test run',
  backtest: 'backtest',
  explain: 'explanation',
};
