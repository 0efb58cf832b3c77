// What is due at which moment, the earliest first: a binary heap in two flat arrays. A moment is compared where it lies, in
// eight bytes next to its neighbours; with an object for each entry the search is one cache miss per comparison.

const CAPACITY_MIN = 16;

export class MomentHeap<T> {
  #moments = new Float64Array(CAPACITY_MIN);
  readonly #things: T[] = [];

  get size(): number {
    return this.#things.length;
  }

  /** The earliest moment; Infinity where the heap is empty. */
  get earliest(): number {
    return this.#things.length === 0 ? Number.POSITIVE_INFINITY : (this.#moments[0] as number);
  }

  /** What is due at the earliest moment; undefined where the heap is empty. */
  peek(): T | undefined {
    return this.#things[0];
  }

  push(at: number, thing: T): void {
    const moments = this.#fitted(this.#things.length + 1);
    const things = this.#things;
    let place = things.length;
    things.push(thing);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if ((moments[parent] as number) <= at) break;
      moments[place] = moments[parent] as number;
      things[place] = things[parent] as T;
      place = parent;
    }
    moments[place] = at;
    things[place] = thing;
  }

  /** Takes the earliest out. */
  pop(): T | undefined {
    const top = this.#things[0];
    const last = this.#things.pop();
    if (this.#things.length > 0) this.#sink(this.#moments[this.#things.length] as number, last as T);
    return top;
  }

  /** Finds the place, from the top down, of what was taken from the end. */
  #sink(at: number, thing: T): void {
    const moments = this.#moments;
    const things = this.#things;
    let place = 0;
    for (let child = 1; child < things.length; child = 2 * place + 1) {
      if (child + 1 < things.length && (moments[child + 1] as number) < (moments[child] as number)) child++;
      if ((moments[child] as number) >= at) break;
      moments[place] = moments[child] as number;
      things[place] = things[child] as T;
      place = child;
    }
    moments[place] = at;
    things[place] = thing;
  }

  /** Room for so many moments; given back when a quarter of it would do. */
  #fitted(count: number): Float64Array {
    const { length } = this.#moments;
    if (count > length || (length > CAPACITY_MIN && count * 4 <= length)) {
      const fitted = new Float64Array(Math.max(CAPACITY_MIN, count * 2));
      fitted.set(this.#moments.subarray(0, Math.min(length, fitted.length)));
      this.#moments = fitted;
    }
    return this.#moments;
  }
}
