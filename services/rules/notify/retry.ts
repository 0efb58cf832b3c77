// When a letter that failed is tried again, and when it is given up: backoff as numbers, no waiting of its own.

const FIRST_MS = 5_000;
const PAUSE_MS_MAX = 300_000;
/** What the other side may ask for; one that says a day must not silence an address for one. */
const RETRY_AFTER_MS_MAX = 3_600_000;

/** An hour later the alarm list says more than a late message; a critical call is tried for a day. */
const GIVE_UP_MS = { critical: 86_400_000, other: 3_600_000 } as const;

/** @param attempts how many have failed, from 1 */
export function pauseMs(attempts: number, retryAfterMs: number | undefined): number {
  const backoff = Math.min(FIRST_MS * 2 ** (attempts - 1), PAUSE_MS_MAX);
  return Math.max(backoff, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX));
}

export function isTooLate(ageMs: number, isCritical: boolean): boolean {
  return ageMs >= (isCritical ? GIVE_UP_MS.critical : GIVE_UP_MS.other);
}
