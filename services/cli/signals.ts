// Ctrl-C, SIGTERM and SIGHUP of a command that runs until it is stopped. The first asks, the second insists.
// Under npm one Ctrl-C can come twice, from the terminal and passed on by the parent: within half a second it is one.

import type { StopSignals } from './cli.ts';

const SAME_MS = 500;

export function watchSignals(target: NodeJS.Process, now: () => number): StopSignals {
  const asked = new AbortController();
  const insisted = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    if (!asked.signal.aborted) {
      firstAt = now();
      asked.abort();
    } else if (now() - firstAt >= SAME_MS) insisted.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) target.on(signal, onSignal);
  // Started by a supervisor, we hold its pipe: when that closes, nobody is left to stop us later.
  if (target.env.PENSTOCK_SUPERVISED === '1') {
    target.stdin.resume();
    target.stdin.once('end', () => asked.abort());
    target.stdin.once('error', () => asked.abort());
  }
  return { asked: asked.signal, insisted: insisted.signal };
}

/** Resolves when the signal is given, at once where it was. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) return;
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
