// One heap for every moment at which an instance must be looked at though nothing arrives. An owner has at most one valid
// deadline, and keeps it itself. Samples move it later all the time, so a later one is not pushed: the entry that is there
// comes up first and is then moved. Otherwise a heap would hold an entry per sample for as long as the longest maxAge.

import { MomentHeap } from './moment-heap.ts';

/** What has a deadline: both are Infinity to begin with, and belong to Deadlines. */
export type DeadlineOwner = { dueAt: number; queuedAt: number };

export class Deadlines<T extends DeadlineOwner> {
  readonly #heap = new MomentHeap<T>();

  /** Entries in the heap, the ones passed over included. */
  get size(): number {
    return this.#heap.size;
  }

  /** Infinity takes the owner's deadline away. */
  set(owner: T, at: number): void {
    owner.dueAt = at;
    if (at < owner.queuedAt) this.#push(owner, at);
  }

  /** The next moment at which something is due; Infinity where nothing is. */
  next(): number {
    this.#settle();
    return this.#heap.earliest;
  }

  /** Takes the earliest owner that is due by `now`; undefined where none is. */
  pop(now: number): T | undefined {
    if (this.next() > now) return undefined;
    const owner = this.#heap.pop();
    if (owner === undefined) return undefined;
    owner.queuedAt = Number.POSITIVE_INFINITY;
    owner.dueAt = Number.POSITIVE_INFINITY;
    return owner;
  }

  /** Brings an entry to the top that is its owner's deadline as it now stands. */
  #settle(): void {
    for (let owner = this.#heap.peek(); owner !== undefined; owner = this.#heap.peek()) {
      const { earliest } = this.#heap;
      const isQueued = owner.queuedAt === earliest;
      if (isQueued && owner.dueAt === earliest) return;
      this.#heap.pop();
      if (!isQueued) continue;
      owner.queuedAt = Number.POSITIVE_INFINITY;
      if (owner.dueAt < Number.POSITIVE_INFINITY) this.#push(owner, owner.dueAt);
    }
  }

  #push(owner: T, at: number): void {
    this.#heap.push(at, owner);
    owner.queuedAt = at;
  }
}
