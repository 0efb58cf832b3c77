// What one hour of one area still needs: its minutes that have points which their roll-up does not know, and whether its own
// roll-up is behind those of its minutes. A few numbers, however much was measured in it.

import type { Span } from './statement.ts';

/** A part of the plant of which everything is rolled up by one query. */
export type Area = { readonly site: string; readonly area: string };

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
const MINUTES = HOUR_MS / MINUTE_MS;

/** Pauses after a failed try: short enough to be up to date soon after the store is back. */
const RETRY_MS_MIN = 5_000;
const RETRY_MS_MAX = 60_000;

/** As it stands in a checkpoint: site, area, start, dirty minutes, 1 where the hour is dirty, 1 where it is of thinned series. */
export type SavedHour = readonly [
  site: string,
  area: string,
  startAt: number,
  minutes: readonly number[],
  isDirty: 0 | 1,
  isThinned?: 1,
];

/** Of one query: its answer is held in memory, a row for each series and minute of the area. */
const SPAN_MINUTES_MAX = 10;

export type HourOptions = { readonly settleMs: number; readonly saved?: SavedHour };

export class Hour {
  readonly area: Area;
  readonly startAt: number;
  /** How long a bucket is left alone after its end, and after it was last worked on: what comes late comes in company. */
  readonly #settleMs: number;
  readonly #minutes: Set<number>;
  /** Taken and not yet done. */
  #inWork: readonly number[] = [];
  #isDirty: boolean;
  /** Nothing is due before this. */
  #restsUntil = 0;
  #failures = 0;

  constructor({ site, area }: Area, startAt: number, { settleMs, saved }: HourOptions) {
    this.area = { site, area };
    this.startAt = startAt;
    this.#settleMs = settleMs;
    this.#minutes = new Set(saved?.[3]);
    this.#isDirty = saved?.[4] === 1;
  }

  /** A point of this moment is in the store. */
  mark(measuredAt: number, now: number): void {
    if (this.isClean) this.#restsUntil = Math.max(this.#restsUntil, now + this.#settleMs);
    this.#minutes.add(Math.floor((measuredAt - this.startAt) / MINUTE_MS));
  }

  get isClean(): boolean {
    return this.#minutes.size === 0 && this.#inWork.length === 0 && !this.#isDirty;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Takes the minutes that are due, as spans in order. They come back with failed(). */
  takeMinutes(now: number): Span[] {
    if (now < this.#restsUntil) return [];
    const due = [...this.#minutes]
      .filter((minute) => this.#endOf(minute) + this.#settleMs <= now)
      .sort((a, b) => a - b);
    if (due.length === 0) return [];
    for (const minute of due) this.#minutes.delete(minute);
    this.#inWork = due;
    this.#restsUntil = now + this.#settleMs;
    return spansOf(due).map(([first, last]) => ({ from: this.startAt + first * MINUTE_MS, to: this.#endOf(last) }));
  }

  /** Whether the hour itself is to be written now: it is over, and every minute of it is as it should be. */
  isHourDue(now: number): boolean {
    const isDue = this.#isDirty && this.#minutes.size === 0 && now >= this.#restsUntil;
    return isDue && now >= this.startAt + HOUR_MS + this.#settleMs;
  }

  minutesDone(): void {
    this.#inWork = [];
    this.#isDirty = true;
    this.#failures = 0;
  }

  /** Nothing can be made of what was taken. */
  minutesGone(): void {
    this.#inWork = [];
  }

  hourDone(): void {
    this.#isDirty = false;
    this.#failures = 0;
  }

  /** What was taken is dirty again, and left alone for a while. */
  failed(now: number): void {
    for (const minute of this.#inWork) this.#minutes.add(minute);
    this.#inWork = [];
    this.#restsUntil = now + Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** this.#failures++);
  }

  saved(): SavedHour {
    const minutes = [...new Set([...this.#minutes, ...this.#inWork])];
    return [this.area.site, this.area.area, this.startAt, minutes, this.#isDirty ? 1 : 0];
  }

  #endOf(minute: number): number {
    return this.startAt + Math.min(minute + 1, MINUTES) * MINUTE_MS;
  }
}

/** First and last minute of each span; what lies between two that are due is not worth a query of its own. */
function spansOf(minutes: readonly number[]): [first: number, last: number][] {
  const spans: [number, number][] = [];
  for (const minute of minutes) {
    const span = spans.at(-1);
    if (span === undefined || minute - span[0] >= SPAN_MINUTES_MAX) spans.push([minute, minute]);
    else span[1] = minute;
  }
  return spans;
}
