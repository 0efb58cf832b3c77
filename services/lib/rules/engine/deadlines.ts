// One heap for every moment at which an instance must be looked at though nothing arrives. An owner has at most one valid
// deadline, and keeps it itself. Samples move it later all the time, so a later one is not pushed: the entry that is there
// comes up first and is then moved. Otherwise a heap would hold an entry per sample for as long as the longest maxAge.

import TinyQueue from 'tinyqueue';

/** What has a deadline: both are Infinity to begin with, and belong to Deadlines. */
export type DeadlineOwner = { dueAt: number; queuedAt: number };

type Entry<T> = { readonly at: number; readonly owner: T };

export class Deadlines<T extends DeadlineOwner> {
  readonly #heap = new TinyQueue<Entry<T>>([], (a, b) => a.at - b.at);

  /** Entries in the heap, the ones passed over included. */
  get size(): number {
    return this.#heap.length;
  }

  /** Infinity takes the owner's deadline away. */
  set(owner: T, at: number): void {
    owner.dueAt = at;
    if (at < owner.queuedAt) this.#push(owner, at);
  }

  /** The next moment at which something is due; Infinity where nothing is. */
  next(): number {
    return this.#earliest()?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the earliest owner that is due by `now`; undefined where none is. */
  pop(now: number): T | undefined {
    const entry = this.#earliest();
    if (entry === undefined || entry.at > now) return undefined;
    this.#heap.pop();
    entry.owner.queuedAt = Number.POSITIVE_INFINITY;
    entry.owner.dueAt = Number.POSITIVE_INFINITY;
    return entry.owner;
  }

  #earliest(): Entry<T> | undefined {
    for (let entry = this.#heap.peek(); entry !== undefined; entry = this.#heap.peek()) {
      const { at, owner } = entry;
      const isQueued = owner.queuedAt === at;
      if (isQueued && owner.dueAt === at) return entry;
      this.#heap.pop();
      if (!isQueued) continue;
      owner.queuedAt = Number.POSITIVE_INFINITY;
      if (owner.dueAt < Number.POSITIVE_INFINITY) this.#push(owner, owner.dueAt);
    }
    return undefined;
  }

  #push(owner: T, at: number): void {
    this.#heap.push({ at, owner });
    owner.queuedAt = at;
  }
}
