// One line of progress at a terminal, written over itself; nothing where nobody watches.

import type { Progress } from '#rules/backtest/backtest.ts';
import type { Cli } from '../cli.ts';

const EVERY_MS = 250;
const CLEAR = '\r\x1b[2K';

export type ProgressLine = { readonly show: (progress: Progress) => void; readonly clear: () => void };

/** `range` undefined: how far it goes is not known, so that the moment reached is shown. */
export function progressLine(
  range: { readonly from: number; readonly to: number } | undefined,
  { err, isTerminal, now }: Cli,
): ProgressLine {
  if (!isTerminal) return { show: () => {}, clear: () => {} };
  const startedAt = now();
  let shownAt = startedAt;
  let isShown = false;
  return {
    show: ({ at, points }) => {
      const time = now();
      if (time - shownAt < EVERY_MS) return;
      shownAt = time;
      isShown = true;
      const reached = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
      const share = range === undefined ? '' : `${percentOf(at, range)} %  `;
      const rate = Math.round((points * 1_000) / (time - startedAt));
      err(`${CLEAR}${share}${reached}  ${rate.toLocaleString('en-US')} points/s`);
    },
    clear: () => {
      if (isShown) err(CLEAR);
      isShown = false;
    },
  };
}

function percentOf(at: number, { from, to }: { readonly from: number; readonly to: number }): number {
  return Math.max(0, Math.min(100, Math.floor(((at - from) / Math.max(1, to - from)) * 100)));
}
