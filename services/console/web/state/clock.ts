// The page's one clock: the server's time, moved on by this browser's. Ages stay true where a viewer's clock is wrong.

import { signal } from '@preact/signals';

let aheadMs = 0;
/** When the server's time was taken last, by a clock that nobody sets. */
let takenAt = Number.NEGATIVE_INFINITY;
/** So long a time holds against others that say it is earlier: those were longer on their way, or are told a second time. */
const HOLDS_MS = 30_000;

/** ms since the epoch as the server has it; moves once a second. */
export const now = signal(Date.now());

export function currentTime(): number {
  return Date.now() + aheadMs;
}

/** The server has said what time it was when it said so: the latest is nearest to the truth. */
export function hearServerTime(serverNow: number): void {
  const heardAheadMs = serverNow - Date.now();
  if (heardAheadMs < aheadMs && performance.now() - takenAt < HOLDS_MS) return;
  takenAt = performance.now();
  if (heardAheadMs === aheadMs) return;
  aheadMs = heardAheadMs;
  now.value = currentTime();
}

export function startClock(): void {
  setInterval(() => {
    now.value = currentTime();
  }, 1_000);
}
