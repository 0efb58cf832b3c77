// What passes through the stages: one notice on its way to one address. Each is settled exactly once, with what became of
// it; when all calls of a notice are settled the notice is done.

import type { Notice } from '#rules/engine/inputs.ts';
import type { Route } from './notify-files.ts';

/** What of a route still counts once it is chosen. */
export type Terms = Pick<Route, 'id' | 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval' | 'followUps'>;

export type Call = {
  readonly notice: Notice;
  /** `<receiver>/<channel>`. */
  readonly address: string;
  readonly terms: Terms;
  /** Of the outbox of the service; undefined for what is told again. */
  readonly id: number | undefined;
  readonly isRepeat: boolean;
};

/**
 * What became of a call:
 * delivered; duplicate: it was told already; untold: it ends what nobody there was called for; unchanged: nothing new;
 * unwanted: the route wants no follow-ups; passed: it came and went before it was told; nobody: no route takes it;
 * rerouted: its address is no more; refused: the other side does not take it, or not in time; overflow: too much waits.
 */
export const OUTCOMES = [
  ...(['delivered', 'duplicate', 'untold', 'unchanged', 'unwanted', 'passed'] as const),
  ...(['nobody', 'rerouted', 'refused', 'overflow'] as const),
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What became of a notice at one address; `address` is undefined where it never got as far. */
export type Settlement = {
  readonly notice: Notice;
  readonly address: string | undefined;
  readonly outcome: Outcome;
  readonly reason: string;
};

/** Outcomes after which somebody does not know what they should. */
export function isLoss(outcome: Outcome): boolean {
  return outcome === 'refused' || outcome === 'overflow';
}
