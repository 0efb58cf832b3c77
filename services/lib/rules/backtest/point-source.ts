// Where history comes from: batches of points in the order of time, and what was found on the way that is no such point.

import type { Point } from '#domain/point.ts';

export type PointSource = {
  /** In the order of time over all batches. A batch is read at once and not kept by the source. */
  batches(): AsyncIterable<readonly Point[]>;
  /** Complete when the batches have ended. */
  readonly counts: SourceCounts;
};

export type SourceCounts = {
  /** Lines or rows that are no points, and what is wrong with the first of them. */
  unreadable: number;
  firstUnreadable: string | null;
  /** Points further behind the newest one than they are held back for: left out. */
  tooLate: number;
  /** Points outside the range that was asked for: left out. */
  outside: number;
};

export function noCounts(): SourceCounts {
  return { unreadable: 0, firstUnreadable: null, tooLate: 0, outside: 0 };
}

/** Half-open, ms since the epoch. */
export type Range = { readonly from: number; readonly to: number };

/** History could not be read: a sentence with the way out. */
export class SourceError extends Error {
  /** Whether the place it is in cannot be reached, rather than that it holds something else. */
  readonly isUnreachable: boolean;
  constructor(message: string, { isUnreachable }: { readonly isUnreachable: boolean }) {
    super(message);
    this.isUnreachable = isUnreachable;
  }
}
