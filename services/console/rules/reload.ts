// Whether the rules service has taken a file that was saved: what it says on its status, awaited for a bounded time.

import path from 'node:path';
import type { RulesStatus } from '#domain/rules-status.ts';
import type { ReloadView } from '../api/rules.ts';
import type { RunningRules } from './running-rules.ts';

/** It looks at a folder that tells nothing every second, and lets a file rest before it reads it. */
const RELOAD_MS_MAX = 5_000;

export type SavedRule = {
  readonly file: string;
  readonly id: string;
  readonly rev: string;
  readonly isDisabled: boolean;
  readonly savedAt: number;
};

type Parts = {
  readonly running: RunningRules;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

export async function awaitReload(saved: SavedRule, { running, wait }: Parts): Promise<ReloadView> {
  const waiting = new AbortController();
  const end = wait(RELOAD_MS_MAX, waiting.signal).catch(() => {}); // it is not waited for any more
  const status = await running.until((each) => isTaken(each, saved) || refusalIn(each, saved) !== undefined, end);
  waiting.abort();
  const { rev, isDisabled } = saved;
  if (status === undefined) {
    const text = `The rules service did not say within ${RELOAD_MS_MAX / 1_000} s that it has it. The file is saved; the Pipeline page says how that service is.`;
    return { outcome: 'not-seen', rev: null, text };
  }
  if (isTaken(status, saved))
    return {
      outcome: 'taken',
      rev,
      text: isDisabled ? 'The rule is switched off now.' : 'The rules service runs it now.',
    };
  const why = refusalIn(status, saved) ?? '';
  return { outcome: 'refused', rev: null, text: `The rules service refuses it, and keeps the version before: ${why}` };
}

function isTaken({ rules, loadedAt }: RulesStatus, { id, rev, isDisabled, savedAt }: SavedRule): boolean {
  const runs = rules.find((rule) => rule.id === id);
  return isDisabled ? runs === undefined && loadedAt >= savedAt : runs?.rev === rev;
}

/** As it says it: `rules/x.json:3:5: sentence`. */
function refusalIn({ problems, loadedAt }: RulesStatus, { file, savedAt }: SavedRule): string | undefined {
  if (loadedAt < savedAt) return undefined;
  return problems.find((each) => path.basename(each.replace(/:\d+:\d+: .*$/s, '')) === file);
}
