// Counts per wall-clock bucket (UTC) over a range, empty buckets included. Only buckets with a count take memory.

export const MINUTE_MS = 60_000;
export const TEN_MINUTES_MS = 10 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** EEMUA-191: a flood begins with more than 10 alarms in 10 minutes and is over where there are fewer than 5. */
const FLOOD_OVER = 10;
const FLOOD_ENDS_UNDER = 5;

export type Flood = { readonly from: number; readonly to: number; readonly alarms: number };

/** Half-open, ms since the epoch. */
export type TimeRange = { readonly from: number; readonly to: number };

export class TimeBuckets {
  readonly #widthMs: number;
  readonly #counts = new Map<number, number>();

  constructor(widthMs: number) {
    this.#widthMs = widthMs;
  }

  add(at: number): void {
    const bucket = Math.floor(at / this.#widthMs);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
  }

  /** One in every bucket that a range touches; `until` is left out. */
  addRange(since: number, until: number): void {
    const end = Math.ceil(until / this.#widthMs);
    for (let bucket = Math.floor(since / this.#widthMs); bucket < end; bucket++) this.add(bucket * this.#widthMs);
  }

  most(): number {
    let most = 0;
    for (const count of this.#counts.values()) if (count > most) most = count;
    return most;
  }

  /** Share of all buckets of a range, wholly or in part in it, that hold more than that; 0 where there are none. */
  shareOver(limit: number, { from, to }: TimeRange): number {
    const over = [...this.#counts.values()].filter((count) => count > limit).length;
    return to <= from ? 0 : over / (Math.ceil(to / this.#widthMs) - Math.floor(from / this.#widthMs));
  }

  /** In the order of time. A flood that nothing ended lasts to the end of the range. */
  floods({ from, to }: TimeRange): Flood[] {
    const floods: Flood[] = [];
    const starts = [...this.#counts].filter(([, count]) => count > FLOOD_OVER).map(([bucket]) => bucket);
    let end = Number.NEGATIVE_INFINITY;
    for (const start of starts.sort((a, b) => a - b)) {
      if (start < end) continue;
      let alarms = 0;
      for (end = start; (this.#counts.get(end) ?? 0) >= FLOOD_ENDS_UNDER; end++) alarms += this.#counts.get(end) ?? 0;
      floods.push({
        from: Math.max(from, start * this.#widthMs),
        to: Math.min(to, end * this.#widthMs),
        alarms,
      });
    }
    return floods;
  }
}
