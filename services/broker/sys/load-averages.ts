// Averages over the last minute, five and fifteen of what a count grows by in a minute, each with a memory that fades: the way
// of mosquitto, and of the load of Unix before it.

export const LOAD_MINUTES = [1, 5, 15] as const;

export class LoadAverage {
  readonly #averages = new Map<number, number>();
  #last = 0;

  /** @param elapsedMs since the call before */
  add(count: number, elapsedMs: number): void {
    const perMinute = ((count - this.#last) * 60_000) / elapsedMs;
    this.#last = count;
    for (const minutes of LOAD_MINUTES) {
      const kept = Math.exp(-elapsedMs / (minutes * 60_000));
      this.#averages.set(minutes, perMinute + kept * (this.over(minutes) - perMinute));
    }
  }

  over(minutes: (typeof LOAD_MINUTES)[number]): number {
    return this.#averages.get(minutes) ?? 0;
  }
}
