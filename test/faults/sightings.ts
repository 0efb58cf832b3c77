// In which order somebody saw the messages of each device. A message may be seen again; it may not be seen for the first time
// after a newer one of its device.

export class Sightings {
  repeats = 0;
  /** Sentences, the first few. */
  readonly disorder: string[] = [];
  /** When one was last seen, and the longest time without one since that was asked, ms of the monotonic clock. */
  lastAt: number | undefined;
  readonly #where: string;
  readonly #clock: () => number;
  readonly #seen = new Map<string, Set<number>>();
  readonly #newest = new Map<string, number>();
  #worstGapMs = 0;

  constructor(where: string, clock: () => number) {
    this.#where = where;
    this.#clock = clock;
  }

  see(device: string, n: number): void {
    const at = this.#clock();
    if (this.lastAt !== undefined) this.#worstGapMs = Math.max(this.#worstGapMs, at - this.lastAt);
    this.lastAt = at;
    const seen = this.#seen.get(device) ?? new Set();
    this.#seen.set(device, seen);
    if (seen.has(n)) {
      this.repeats++;
      return;
    }
    seen.add(n);
    const newest = this.#newest.get(device) ?? -1;
    if (n < newest && this.disorder.length < DISORDER_TOLD_MAX)
      this.disorder.push(`${this.#where}: ${device} ${n} was first seen after ${newest}`);
    this.#newest.set(device, Math.max(n, newest));
  }

  takeWorstGapMs(): number {
    const at = this.#clock();
    const worst = Math.max(this.#worstGapMs, this.lastAt === undefined ? 0 : at - this.lastAt);
    this.#worstGapMs = 0;
    this.lastAt = at;
    return worst;
  }
}

const DISORDER_TOLD_MAX = 5;
