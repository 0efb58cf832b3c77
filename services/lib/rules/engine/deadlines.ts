// One heap for every moment at which an instance must be looked at though nothing arrives. An instance has at most one
// valid deadline. Samples move it later all the time, so a later one is not pushed: the entry that is there comes up first
// and is then moved. Otherwise a heap would hold an entry per sample for as long as the longest maxAge.

import TinyQueue from 'tinyqueue';

type Entry<T> = { readonly at: number; readonly owner: T };

export class Deadlines<T extends object> {
  readonly #heap = new TinyQueue<Entry<T>>([], (a, b) => a.at - b.at);
  readonly #valid = new Map<T, number>();
  /** The owner's earliest entry in the heap; any other of its entries is passed over. */
  readonly #queued = new Map<T, number>();

  /** Entries in the heap, the ones passed over included. */
  get size(): number {
    return this.#heap.length;
  }

  /** Infinity takes the owner's deadline away. */
  set(owner: T, at: number): void {
    if (at === Number.POSITIVE_INFINITY) {
      this.#valid.delete(owner);
      return;
    }
    this.#valid.set(owner, at);
    const queued = this.#queued.get(owner);
    if (queued === undefined || at < queued) this.#push(owner, at);
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
    this.#queued.delete(entry.owner);
    this.#valid.delete(entry.owner);
    return entry.owner;
  }

  #earliest(): Entry<T> | undefined {
    for (let entry = this.#heap.peek(); entry !== undefined; entry = this.#heap.peek()) {
      const { at, owner } = entry;
      const isQueued = this.#queued.get(owner) === at;
      const valid = this.#valid.get(owner);
      if (isQueued && valid === at) return entry;
      this.#heap.pop();
      if (!isQueued) continue;
      if (valid === undefined) this.#queued.delete(owner);
      else this.#push(owner, valid);
    }
    return undefined;
  }

  #push(owner: T, at: number): void {
    this.#heap.push({ at, owner });
    this.#queued.set(owner, at);
  }
}
