// The broker's own time, by which messages age in queues: it goes on where it ended, stands still while the broker is down,
// and follows a clock that only goes forward. A wall clock that jumps from 1970 to today would empty every queue at once.

/** @param elapsedMs a clock that only goes forward */
export function continueTime(lastAt: number, elapsedMs: () => number): () => number {
  const startedAt = elapsedMs();
  return () => Math.floor(lastAt + elapsedMs() - startedAt);
}
