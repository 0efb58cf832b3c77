// Saving a rule: first what it would change, then, where somebody confirms it, the thing itself; and what to do where somebody else was
// faster.

import type { DiffView, RuleFileView, SaveView } from '../../api/rules.ts';
import { ask, call } from '../state/api.ts';
import { readRules } from './rules-view.ts';
import { takeTexts, textOf, type Work } from './work.ts';

export function readRule(file: string) {
  return call<RuleFileView>('GET', `api/rules/file?${new URLSearchParams({ name: file })}`);
}

export async function askWhatChanges(work: Work): Promise<void> {
  work.save.value = { is: 'asking' };
  const answer = await call<DiffView>('POST', 'api/rules/diff', textOf(work));
  work.save.value = answer.ok
    ? { is: 'asked', diff: answer.body, why: null }
    : { is: 'asked', diff: null, why: answer.why };
}

const CHANGED_MEANWHILE = 412;

export async function saveWork(work: Work): Promise<void> {
  const { saved } = work;
  work.save.value = { is: 'saving' };
  const answer = await ask<SaveView>({
    method: 'PUT',
    path: 'api/rules/file',
    body: textOf(work),
    headers: saved.value === null ? { 'if-none-match': '*' } : { 'if-match': saved.value.etag },
  });
  if (answer.ok) {
    // What was typed while it was being written is not on the disk, and stays.
    saved.value = answer.body.file;
    work.save.value = { is: 'saved', view: answer.body };
    void readRules();
  } else if (answer.status === CHANGED_MEANWHILE) {
    const theirs = await readRule(work.file);
    work.save.value = { is: 'conflict', theirs: theirs.ok ? theirs.body : null };
  } else work.save.value = { is: 'failed', why: answer.why };
}

export function takeTheirs(work: Work, theirs: RuleFileView): void {
  work.saved.value = theirs;
  takeTexts(work, theirs);
  work.save.value = { is: 'idle' };
}

/** Ours stand over theirs from here on; what that changes is looked at again before it is written. */
export async function keepMine(work: Work, theirs: RuleFileView): Promise<void> {
  work.saved.value = theirs;
  await askWhatChanges(work);
}
