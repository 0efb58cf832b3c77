// Time buckets: aligned to the epoch, shifted by an offset, or to local time where the query names a zone. A day on which
// the clocks change is longer or shorter; an hour bucket is not, where the change is as long as itself.

import { UTC, type ZoneOffset } from './time-text.ts';

export class Window {
  readonly intervalUs: number;
  readonly #offsetUs: number;
  readonly #zone: ZoneOffset;
  /** Of the bucket last sought: start inclusive, end exclusive. */
  start = Number.NaN;
  end = Number.NaN;

  constructor(intervalUs: number, offsetUs: number, zone: ZoneOffset) {
    this.intervalUs = intervalUs;
    this.#offsetUs = offsetUs;
    this.#zone = zone;
  }

  /** Sets `start` and `end` to those of the bucket that holds this moment. */
  seek(us: number): void {
    const time = us - this.#offsetUs;
    const zone = this.#zone(time);
    const into = modulo(time + zone, this.intervalUs);
    let start = time - into;
    let end = start + this.intervalUs;
    if (this.#zone !== UTC) {
      start += this.#change(zone, this.#zone(start));
      end += this.#changeAtEnd(zone, end);
    }
    this.start = start + this.#offsetUs;
    this.end = end + this.#offsetUs;
  }

  /** How far a bucket's bound moves where the zone's offset is another there; not at all where the bucket is no longer. */
  #change(zone: number, there: number): number {
    const change = zone - there;
    return Math.abs(change) < this.intervalUs ? change : 0;
  }

  #changeAtEnd(zone: number, end: number): number {
    const there = this.#zone(end);
    const change = this.#change(zone, there);
    // An hour that is left out comes after the change: it shortens this bucket only where the change lies inside.
    return change >= 0 || this.#zone(end + change) === there ? change : 0;
  }

  /** The same buckets by another zone's clock. */
  in(zone: ZoneOffset): Window {
    return new Window(this.intervalUs, this.#offsetUs, zone);
  }

  startOf(us: number): number {
    this.seek(us);
    return this.start;
  }

  /** The start of the bucket after (or before) the one that starts here, as gaps are filled; `zone` is the offset there. */
  step(start: number, descending: boolean, zone: number): { readonly start: number; readonly zone: number } {
    const next = descending ? start - this.intervalUs : start + this.intervalUs;
    const there = this.zoneAt(next - 1);
    return { start: there === zone ? next : next + this.#change(zone, there), zone: there };
  }

  zoneAt(us: number): number {
    return this.#zone(us);
  }
}

function modulo(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}
