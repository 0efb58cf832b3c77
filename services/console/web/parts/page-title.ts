// What the browser's tab says: of what, on which page, and how many alarms nobody has acknowledged. Pure.

import type { Route } from '../state/route.ts';
import { texts } from '../texts.ts';

/** More is not read in a tab; a step of an address may be anything. */
const SUBJECT_MAX = 80;

export function pageTitle({ page, steps }: Pick<Route, 'page' | 'steps'>, unacked: number): string {
  const subject = subjectOf({ page, steps }).slice(0, SUBJECT_MAX);
  return texts.titleOf([...(subject === '' ? [] : [subject]), texts.pages[page]], unacked);
}

/** The last step names it; of an alarm the rule and its instance do. */
function subjectOf({ page, steps }: Pick<Route, 'page' | 'steps'>): string {
  return steps.slice(page === 'alarms' ? -2 : -1).join(' ');
}
