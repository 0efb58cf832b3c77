// What could not be taken, kept on disk (`<data>/<service>/rejected`) until somebody looks at it, sends it again, or it is
// too old. Whoever could not take something acknowledges it when put() resolves. The store of it is a ring: past its bytes
// or its age the oldest goes first, a segment at a time, and is counted. Each service has a folder of its own.

import type { Rejection } from './rejection.ts';

export type RejectedLog = AsyncDisposable & {
  /**
   * Resolves when it is on disk; never rejects. A full disk makes it wait, and nothing may be acknowledged meanwhile.
   * Afterwards it is told on `rejected/v1/{reason}`, which nobody waits for.
   */
  put(rejection: Rejection): Promise<void>;
  /** Lets go of what is too old by now. */
  dropOld(now: number): Promise<void>;
  /** What keeps put() from resolving, in words. */
  problem(): string | undefined;
  /** On disk. */
  readonly bytes: number;
  /** Rejections that were dropped for room or age. */
  readonly dropped: number;
  /** Rejections that are kept but were not told, because too many came at once. */
  readonly untold: number;
};
