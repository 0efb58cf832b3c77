// What is known of something that the server is asked again and again: what it said last stays in sight while it is asked anew, and
// where it fails.

import type { Answer } from '../state/api.ts';

export type Job<T> =
  | { readonly is: 'idle' }
  | { readonly is: 'running'; readonly shown: T | null }
  | { readonly is: 'done'; readonly shown: T }
  | { readonly is: 'failed'; readonly shown: T | null; readonly why: string };

export const IDLE: Job<never> = { is: 'idle' };

export function shownOf<T>(job: Job<T>): T | null {
  return job.is === 'idle' ? null : job.shown;
}

export function started<T>(job: Job<T>): Job<T> {
  return { is: 'running', shown: shownOf(job) };
}

export function answered<T>(job: Job<T>, answer: Answer<T>): Job<T> {
  return answer.ok ? { is: 'done', shown: answer.body } : { is: 'failed', shown: shownOf(job), why: answer.why };
}

/** Nobody waits for it any more. */
export function calledOff<T>(job: Job<T>): Job<T> {
  if (job.is !== 'running') return job;
  return job.shown === null ? IDLE : { is: 'done', shown: job.shown };
}
