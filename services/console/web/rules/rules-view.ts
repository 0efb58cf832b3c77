// The rules as the server lists them, shared by the list and the workbench.

import { signal } from '@preact/signals';
import type { RuleFileRow, RulesView } from '../../api/rules.ts';
import { call } from '../state/api.ts';
import { answered, IDLE, type Job, shownOf, started } from './job.ts';

export const rulesView = signal<Job<RulesView>>(IDLE);

/** So often it is asked for while somebody looks at it: files change by other hands, and what runs follows a second later. */
export const REFRESH_MS = 10_000;

export async function readRules(): Promise<void> {
  rulesView.value = started(rulesView.value);
  rulesView.value = answered(rulesView.value, await call<RulesView>('GET', 'api/rules'));
}

export function rowOf(file: string): RuleFileRow | undefined {
  return shownOf(rulesView.value)?.files.find((row) => row.file === file);
}
