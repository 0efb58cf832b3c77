// The page's one clock: the server's time, moved on by this browser's. Ages stay true where a viewer's clock is wrong.

import { signal } from '@preact/signals';

let aheadMs = 0;

/** ms since the epoch as the server has it; moves once a second. */
export const now = signal(Date.now());

export function currentTime(): number {
  return Date.now() + aheadMs;
}

/** The server has said what time it is. */
export function setServerTime(serverNow: number): void {
  aheadMs = serverNow - Date.now();
  now.value = serverNow;
}

export function startClock(): void {
  setInterval(() => {
    now.value = currentTime();
  }, 1_000);
}
