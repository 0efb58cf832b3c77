// What the thread beside the console does for the rule workbench: the contract between the two. Everything is plain data.

import type { BacktestWish, FindingView, RuleText, TestWish } from '../api/rules.ts';

export type Job =
  | { readonly kind: 'list' }
  | { readonly kind: 'check'; readonly wish: RuleText }
  | { readonly kind: 'diff'; readonly wish: RuleText }
  | { readonly kind: 'test'; readonly wish: TestWish }
  | { readonly kind: 'backtest'; readonly wish: BacktestWish; readonly now: number }
  | { readonly kind: 'explain'; readonly alarm: string; readonly at: number; readonly now: number };

export type JobKind = Job['kind'];

/** To the thread. `id` grows; a job that was given up is named by it. */
export type JobOrder = { readonly id: number } & ({ readonly job: Job } | { readonly isGivenUp: true });

/** From the thread: JSON, so that the console's own thread need not make it of something large. */
export type JobAnswer = { readonly id: number } & (
  | { readonly hasBegun: true }
  | { readonly json: string }
  | { readonly refusal: JobRefusal }
);

/** What whoever asked is told: a status of HTTP and a sentence with the way out. */
export type JobRefusal = {
  readonly status: number;
  readonly detail: string;
  readonly findings?: readonly FindingView[];
};

export class JobRefused extends Error {
  readonly refusal: JobRefusal;
  constructor(refusal: JobRefusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

export type ThreadData = {
  /** Absolute. */
  readonly rulesDir: string;
  readonly store: {
    readonly url: string;
    readonly database: string;
    readonly username?: string | undefined;
    readonly password?: string | undefined;
  };
  /** One Int32: the id of the newest job that was given up; a loop that awaits nothing sees it here. */
  readonly givenUp: SharedArrayBuffer;
};
