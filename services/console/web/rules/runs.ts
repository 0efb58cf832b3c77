// Asks the server about a text: whether it is sound, what it would have done, whether its tests pass. Only the newest text counts.

import type { Signal } from '@preact/signals';
import type { BacktestView, BacktestWish, CheckView, TestView } from '../../api/rules.ts';
import { ask, JOB_MS_MAX } from '../state/api.ts';
import { currentTime } from '../state/clock.ts';
import { answered, calledOff, type Job, shownOf, started } from './job.ts';
import { openLane } from './lane.ts';
import { rangeAt } from './range.ts';
import { isOf, type Of, textOf, type Work } from './work.ts';

/** Between two keys of somebody who types on. */
const TYPING_MS = 150;

const lanes = { check: openLane(), trial: openLane(), tests: openLane() };

/** After every change of a text: ends what runs of an older one, checks it, and runs what follows from a text without an error. */
export function judge(work: Work, delayMs = TYPING_MS): void {
  callOffAll(work);
  lanes.check.ask(async (signal) => {
    await run<CheckView>(work, work.check, { path: 'api/rules/check', signal });
    if (signal.aborted || work.check.value.is !== 'done') return;
    if (!isSound(work)) return;
    tryOut(work);
    if (work.areTestsWatched.value) runTests(work);
  }, delayMs);
}

/** Whether the text of the rule, as it stands, was found to have no error. Those of its tests are another matter. */
export function isSound(work: Work): boolean {
  const checked = shownOf(work.check.value);
  return (
    isOf(checked, work) && !checked.view.findings.some(({ file, level }) => level === 'error' && file === work.file)
  );
}

/** Runs it on the past. */
export function tryOut(work: Work): void {
  lanes.trial.ask(async (signal) => {
    const { range, instance, isCompared, saved, states } = work;
    const wish: Omit<BacktestWish, 'file' | 'text' | 'test'> = {
      ...rangeAt(range.value, Math.floor(currentTime())),
      ...(instance.value === null ? {} : { instance: instance.value }),
      ...(states.value.size === 0 ? {} : { states: Object.fromEntries(states.value) }),
      against: isCompared.value && saved.value !== null ? 'saved' : null,
    };
    await run<BacktestView>(work, work.trial, { path: 'api/rules/backtest', more: wish, signal });
  });
}

export function runTests(work: Work): void {
  lanes.tests.ask((signal) => run<TestView>(work, work.tests, { path: 'api/rules/test', signal }));
}

/** Nobody waits any more for what runs. */
export function callOffAll({ check, trial, tests }: Work): void {
  for (const lane of Object.values(lanes)) lane.callOff();
  check.value = calledOff(check.peek());
  trial.value = calledOff(trial.peek());
  tests.value = calledOff(tests.peek());
}

type Call = { readonly path: string; readonly more?: object; readonly signal: AbortSignal };

async function run<T>(work: Work, job: Signal<Job<Of<T>>>, { path, more = {}, signal }: Call): Promise<void> {
  const of = textOf(work);
  job.value = started(job.peek());
  const answer = await ask<T>({ method: 'POST', path, body: { ...of, ...more }, signal, limitMs: JOB_MS_MAX });
  // A newer question has set the job running already; its answer is what counts.
  if (!signal.aborted)
    job.value = answered(job.peek(), answer.ok ? { ok: true, body: { of, view: answer.body } } : answer);
}
