// The latest view of each of many things, with what changed since somebody last asked. Bounded: things past the bound are
// counted, those that are known stay up to date.

export class LatestTable<T> {
  dropped = 0;
  readonly #max: number;
  readonly #byKey = new Map<string, T>();
  readonly #changed = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** null takes the thing away. */
  put(key: string, view: T | null): void {
    if (view === null) {
      this.#byKey.delete(key);
      this.#changed.delete(key);
    } else if (this.#byKey.has(key) || this.#byKey.size < this.#max) {
      this.#byKey.set(key, view);
      this.#changed.add(key);
    } else this.dropped++;
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  all(): T[] {
    return [...this.#byKey.values()];
  }

  takeChanges(): T[] {
    const changes: T[] = [];
    for (const key of this.#changed) {
      const view = this.#byKey.get(key);
      if (view !== undefined) changes.push(view);
    }
    this.#changed.clear();
    return changes;
  }
}
