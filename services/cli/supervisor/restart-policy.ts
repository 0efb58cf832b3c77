// Whether and when a child that ended is started again. Pure. Backoff, so that a child that cannot run does not eat the
// machine; forgiven as soon as it has run for a while, so that a rare crash costs a tenth of a second and no more.

import { EXIT } from '#runtime/start-error.ts';

export type Exit = { readonly code: number | null; readonly signal: string | null };

export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly failures: number }
  | { readonly kind: 'leave'; readonly reason: string };

/** Long enough for the ends of children that were killed together to be known: whoever needs another then waits for it. */
const DELAY_MS_FIRST = 100;
const DELAY_MS_MAX = 30_000;
/** A start costs up to a second of processor: whoever dies no sooner than this leaves nine tenths of one to the others. */
const HEALTHY_AFTER_MS = 10_000;

/** @param failures how often it had ended before, as the last decision counted them */
export function decideRestart(exit: Exit, upForMs: number, failures: number): RestartDecision {
  if (exit.code === EXIT.config) {
    return { kind: 'leave', reason: 'its configuration is invalid (exit 78); correct it and start again' };
  }
  const before = upForMs >= HEALTHY_AFTER_MS ? 0 : failures;
  const delayMs = Math.min(DELAY_MS_FIRST * 2 ** Math.min(before, 30), DELAY_MS_MAX);
  return { kind: 'restart', delayMs, failures: before + 1 };
}

/** `exit code 1`, `SIGKILL`: for sentences. */
export function describeExit(exit: Exit): string {
  return exit.signal ?? `exit code ${exit.code ?? 'unknown'}`;
}
