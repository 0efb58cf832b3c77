// A request to the store, until it is answered: what is temporary is tried again for ever, with growing jittered pauses and
// never sooner than the store asks; what is missing is made. The one place where the writer waits.

import { setTimeout as pause } from 'node:timers/promises';
import pRetry from 'p-retry';
import { StoreError } from './store-error.ts';

export type PatienceOptions = {
  /** Makes the database and its policies; resolves with what the store did not let us do. */
  readonly create: () => Promise<string[]>;
  readonly retryMsMax: number;
  readonly signal: AbortSignal;
  /** The store's words after a failed try; undefined after an answer. */
  readonly onTry: (problem: string | undefined) => void;
};

const RETRY_MS_MIN = 200;
/** What a store may ask for; a proxy that says a day must not stop the writer for one. */
const RETRY_AFTER_MS_MAX = 300_000;

/**
 * undefined when the request went through; the refusal where the store refuses what is in it.
 * @throws whatever is no StoreError, and the signal's reason once it is given
 */
export async function untilAnswered(
  request: () => Promise<void>,
  options: PatienceOptions,
): Promise<StoreError | undefined> {
  const { retryMsMax, signal, onTry } = options;
  try {
    await pRetry(request, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: RETRY_MS_MIN,
      maxTimeout: retryMsMax,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => error instanceof StoreError && error.remedy !== 'split',
      onFailedAttempt: async ({ error }) => {
        if (error instanceof StoreError && error.remedy !== 'split') await afterFailure(error, options);
      },
    });
  } catch (error) {
    if (!(error instanceof StoreError) || signal.aborted) throw error;
    onTry(undefined);
    return error;
  }
  onTry(undefined);
  return undefined;
}

async function afterFailure(error: StoreError, { create, signal, onTry }: PatienceOptions): Promise<void> {
  onTry(error.message);
  if (error.retryAfterMs !== undefined)
    await pause(Math.min(error.retryAfterMs, RETRY_AFTER_MS_MAX), undefined, { signal });
  if (error.remedy !== 'create') return;
  const refused = await create().catch((problem: Error) => [problem.message]);
  if (refused.length > 0) onTry(`${error.message}; it could not be made: ${refused.join('; ')}`);
}
