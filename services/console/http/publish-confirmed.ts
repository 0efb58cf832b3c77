// Until the broker has taken a message, whoever sent it must not be told that anything was done.

import type { Bus, PublishOptions } from '#runtime/bus.ts';
import { ProblemError } from './problem.ts';

/** Longer than a broker needs that works; whoever waits should know by then. */
const CONFIRM_MS_MAX = 5_000;

export type Confirming = {
  readonly bus: Pick<Bus, 'publish' | 'problem'>;
  /** Settles after so many ms, or rejects once it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type Outgoing = {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly options?: PublishOptions;
  /** Where it is to be seen whether it was done after all: `the alarm's state`. */
  readonly watch: string;
};

/** @throws ProblemError 503, 504 */
export async function publishConfirmed({ bus, wait }: Confirming, outgoing: Outgoing): Promise<void> {
  const { topic, payload, options, watch } = outgoing;
  const problem = bus.problem();
  if (problem !== undefined) {
    throw new ProblemError(
      503,
      `Nothing was sent: the broker cannot be reached (${problem}). Try again when it is back.`,
    );
  }
  const waiting = new AbortController();
  const late = wait(CONFIRM_MS_MAX, waiting.signal).then(
    () => 'late' as const,
    () => 'not awaited any more' as const,
  );
  const outcome = await Promise.race([bus.publish(topic, payload, options), late]);
  waiting.abort();
  if (outcome === 'late') {
    throw new ProblemError(
      504,
      `The broker has not confirmed within ${CONFIRM_MS_MAX / 1000} s. It may still be done; watch ${watch}.`,
    );
  }
}
