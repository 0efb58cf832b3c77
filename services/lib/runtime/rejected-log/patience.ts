// How long a replay waits for a broker: as long as it answers now and then, and nobody asks for an end.

import type { Bus } from '../bus.ts';

/** A broker on a slow disk takes a hundred messages well within it. */
const SILENCE_MS_MAX = 5_000;
const LOOK_MS = 100;

export type PatienceParts = {
  readonly bus: Pick<Bus, 'problem'>;
  readonly now: () => number;
  /** Settles after so many ms, or when it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Aborted when somebody has had enough. */
  readonly asked: AbortSignal;
};

/** `reason` says in words what is wrong with the broker; undefined where a person had enough. */
export class GivenUp extends Error {
  readonly reason: string | undefined;

  constructor(reason: string | undefined) {
    super(reason ?? 'asked to stop');
    this.reason = reason;
  }
}

/** What the broker is asked to do. @throws GivenUp */
export async function patiently<T>(work: Promise<T>, parts: PatienceParts): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([work, giveUp(parts, over.signal)]);
  } finally {
    over.abort();
  }
}

/** Pends for ever where it is over before the patience is. */
async function giveUp({ bus, now, wait, asked }: PatienceParts, over: AbortSignal): Promise<never> {
  const signal = AbortSignal.any([over, asked]);
  const beganAt = now();
  while (!signal.aborted) {
    await wait(LOOK_MS, signal).catch(() => {});
    if (now() - beganAt > SILENCE_MS_MAX) throw new GivenUp(bus.problem() ?? 'the broker does not answer');
  }
  if (asked.aborted) throw new GivenUp(undefined);
  return await new Promise<never>(() => {});
}
