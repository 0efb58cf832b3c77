// Saving a rule: first what it would change, then, where somebody confirms it, the thing itself; and what to do where somebody else was
// faster.

import type { DiffView, RuleFileView, RuleText, SaveView } from '../../api/rules.ts';
import { call, JOB_MS_MAX, ask as request } from '../state/api.ts';
import { openLane } from './lane.ts';
import { readRules } from './rules-view.ts';
import { isText, takeTexts, textOf, type Work } from './work.ts';

export function readRule(file: string) {
  return call<RuleFileView>('GET', `api/rules/file?${new URLSearchParams({ name: file })}`);
}

/** Between two keys of somebody who types on. */
const TYPING_MS = 300;
const lane = openLane();

export function askWhatChanges(work: Work): void {
  work.save.value = { is: 'asking' };
  ask(work, 0);
}

/** After every change of a text, and of what it is compared with: what the open panel says is to be about the text as it stands. */
export function askAgain(work: Work): void {
  const state = work.save.peek();
  if (state.is !== 'asking' && state.is !== 'asked') return;
  if (work.isChanged.peek()) ask(work, TYPING_MS);
  else stopAsking(work);
}

/** Nobody looks at it any more. */
export function stopAsking(work: Work): void {
  lane.callOff();
  const { is } = work.save.peek();
  if (is === 'asking' || is === 'asked') work.save.value = { is: 'idle' };
}

function ask(work: Work, delayMs: number): void {
  lane.ask(async (signal) => {
    const of = textOf(work);
    const answer = await request<DiffView>({
      method: 'POST',
      path: 'api/rules/diff',
      body: of,
      signal,
      limitMs: JOB_MS_MAX,
    });
    if (signal.aborted) return;
    work.save.value = answer.ok
      ? { is: 'asked', of, diff: answer.body, why: null }
      : { is: 'asked', of, diff: null, why: answer.why };
  }, delayMs);
}

const CHANGED_MEANWHILE = 412;
export const NOT_THERE = 404;

/** Writes what was described, and nothing that has been typed since. */
export async function saveWork(work: Work, of: RuleText): Promise<void> {
  if (!isText(of, work)) return;
  const { saved } = work;
  lane.callOff();
  work.save.value = { is: 'saving' };
  const answer = await request<SaveView>({
    method: 'PUT',
    path: 'api/rules/file',
    body: of,
    limitMs: JOB_MS_MAX,
    headers: saved.value === null ? { 'if-none-match': '*' } : { 'if-match': saved.value.etag },
  });
  if (answer.ok) {
    // What was typed while it was being written is not on the disk, and stays.
    saved.value = answer.body.file;
    work.save.value = { is: 'saved', view: answer.body };
    void readRules();
  } else if (answer.status === CHANGED_MEANWHILE) {
    const theirs = await readRule(work.file);
    if (theirs.ok) work.save.value = { is: 'conflict', theirs: theirs.body };
    else if (theirs.status === NOT_THERE) takeForNew(work);
    else work.save.value = { is: 'failed', why: answer.why };
  } else work.save.value = { is: 'failed', why: answer.why };
}

/** The file is not there any more: it would be refused for ever as a change of what is gone. */
export function takeForNew(work: Work): void {
  work.saved.value = null;
  work.save.value = { is: 'gone' };
}

export function takeTheirs(work: Work, theirs: RuleFileView): void {
  work.saved.value = theirs;
  takeTexts(work, theirs);
  work.save.value = { is: 'idle' };
}

/** Ours stand over theirs from here on; what that changes is looked at again before it is written. */
export function keepMine(work: Work, theirs: RuleFileView): void {
  work.saved.value = theirs;
  askWhatChanges(work);
}
