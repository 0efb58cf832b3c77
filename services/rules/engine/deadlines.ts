// One heap for every moment at which an instance must be looked at though nothing arrives. An instance has at most one
// valid deadline; setting another leaves the old entry in the heap, where it is passed over when it comes up.

import TinyQueue from 'tinyqueue';

type Entry<T> = { readonly at: number; readonly owner: T };

export class Deadlines<T extends object> {
  readonly #heap = new TinyQueue<Entry<T>>([], (a, b) => a.at - b.at);
  readonly #valid = new Map<T, number>();

  /** Infinity takes the owner's deadline away. */
  set(owner: T, at: number): void {
    if (this.#valid.get(owner) === at) return;
    if (at === Number.POSITIVE_INFINITY) {
      this.#valid.delete(owner);
      return;
    }
    this.#valid.set(owner, at);
    this.#heap.push({ at, owner });
  }

  /** The next moment at which something is due; Infinity where nothing is. */
  next(): number {
    this.#dropStale();
    return this.#heap.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the earliest owner that is due by `now`; undefined where none is. */
  pop(now: number): T | undefined {
    this.#dropStale();
    const entry = this.#heap.peek();
    if (entry === undefined || entry.at > now) return undefined;
    this.#heap.pop();
    this.#valid.delete(entry.owner);
    return entry.owner;
  }

  #dropStale(): void {
    for (let entry = this.#heap.peek(); entry !== undefined; entry = this.#heap.peek()) {
      if (this.#valid.get(entry.owner) === entry.at) return;
      this.#heap.pop();
    }
  }
}
