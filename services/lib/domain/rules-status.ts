// What the rules service says of the rules folder on the retained `service/v1/rules/files`: what runs, and what is wrong.

import { isPlainObject } from './plain-object.ts';

export type RulesStatus = {
  readonly rules: readonly RunningRule[];
  /** `file:line:column: sentence`, one for each thing that is wrong. */
  readonly problems: readonly string[];
  /** The same for what runs and is probably not meant so. */
  readonly warnings: readonly string[];
  /** ms since the epoch. */
  readonly loadedAt: number;
};

export type RunningRule = { readonly id: string; readonly rev: string; readonly mode: string };

/** The status in a payload, or a sentence that says what is wrong with it. What it says besides is left out. */
export function parseRulesStatus(json: unknown): RulesStatus | string {
  if (!isPlainObject(json)) return 'a status is a JSON object';
  const { rules, problems, warnings, loadedAt } = json;
  if (typeof loadedAt !== 'number') return "'loadedAt' must be a moment in ms since the epoch";
  if (!isTexts(problems) || !isTexts(warnings)) return "'problems' and 'warnings' must be lists of texts";
  if (!Array.isArray(rules) || !rules.every(isRunning)) return "'rules' must be a list of rules with id, rev and mode";
  return { rules: rules.map(({ id, rev, mode }) => ({ id, rev, mode })), problems, warnings, loadedAt };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isRunning(value: unknown): value is RunningRule {
  if (!isPlainObject(value)) return false;
  return [value.id, value.rev, value.mode].every((each) => typeof each === 'string');
}
