// Whether a broker lets a consumer in: asked by every command that reads from one.

import type { Consumer } from '#runtime/bus.ts';
import type { Cli } from './cli.ts';

/** False where the broker has not granted the filters within that time, or the wait was given up. */
export async function isGranted(
  consumer: Consumer,
  withinMs: number,
  { sleep, givenUp }: { readonly sleep: Cli['sleep']; readonly givenUp?: AbortSignal },
): Promise<boolean> {
  const granted = new AbortController();
  void consumer.ready.then(() => granted.abort()); // it never rejects: a consumer tries for as long as it lives
  await sleep(withinMs, givenUp === undefined ? granted.signal : AbortSignal.any([givenUp, granted.signal]));
  return granted.signal.aborted;
}
