// Time buckets: aligned to the epoch, shifted by an offset, or to local days where the query names a zone.

import type { ZoneOffset } from './time-text.ts';

const ZONE_CHANGE_US_MAX = 2 * 3_600_000_000;

export class Window {
  readonly intervalUs: number;
  readonly #offsetUs: number;
  readonly #zone: ZoneOffset;

  constructor(intervalUs: number, offsetUs: number, zone: ZoneOffset) {
    this.intervalUs = intervalUs;
    this.#offsetUs = offsetUs;
    this.#zone = zone;
  }

  /** Start of the bucket that holds this moment. */
  startOf(us: number): number {
    const zone = this.#zone(us);
    const local = us + zone - this.#offsetUs;
    const localStart = local - modulo(local, this.intervalUs) + this.#offsetUs;
    return localStart - this.#zone(localStart - zone);
  }

  /** Start of the bucket after the one that starts here; a day of 25 hours is one bucket. */
  next(start: number): number {
    const next = this.startOf(start + this.intervalUs);
    return next > start ? next : this.startOf(start + this.intervalUs + ZONE_CHANGE_US_MAX);
  }

  /** Starts of all buckets that touch a range. */
  *starts(from: number, to: number): Generator<number> {
    for (let start = this.startOf(from); start <= to; start = this.next(start)) yield start;
  }
}

function modulo(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}
