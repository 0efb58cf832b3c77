// The hours that still need something, over all areas. What a checkpoint keeps of the roll-ups is this and nothing else.

import { type Area, HOUR_MS, Hour, type SavedHour } from './hour.ts';

export class Hours {
  readonly #settleMsOf: (area: Area) => number;
  readonly #byKey = new Map<string, Hour>();
  /** Points of one batch are mostly of one area and one hour. */
  #last: Hour | undefined;

  constructor(settleMsOf: (area: Area) => number, earlier: readonly SavedHour[]) {
    this.#settleMsOf = settleMsOf;
    for (const saved of earlier) {
      const [site, area, startAt] = saved;
      const settleMs = settleMsOf({ site, area });
      this.#byKey.set(keyOf({ site, area }, startAt), new Hour({ site, area }, startAt, { settleMs, saved }));
    }
  }

  /** A point of this area and moment is in the store. */
  mark(area: Area, measuredAt: number, now: number): void {
    let hour = this.#last;
    if (hour === undefined || !covers(hour, area, measuredAt)) {
      const startAt = Math.floor(measuredAt / HOUR_MS) * HOUR_MS;
      const key = keyOf(area, startAt);
      hour = this.#byKey.get(key);
      if (hour === undefined) {
        hour = new Hour(area, startAt, { settleMs: this.#settleMsOf(area) });
        this.#byKey.set(key, hour);
      }
      this.#last = hour;
    }
    hour.mark(measuredAt, now);
  }

  /** Nothing is left to do for this one. */
  forget(hour: Hour): void {
    this.#byKey.delete(keyOf(hour.area, hour.startAt));
    if (this.#last === hour) this.#last = undefined;
  }

  all(): Hour[] {
    return [...this.#byKey.values()];
  }

  saved(): SavedHour[] {
    return this.all().map((hour) => hour.saved());
  }
}

function keyOf({ site, area }: Area, startAt: number): string {
  return `${site}/${area}/${startAt}`;
}

function covers({ area, startAt }: Hour, { site, area: name }: Area, measuredAt: number): boolean {
  return area.area === name && area.site === site && measuredAt >= startAt && measuredAt < startAt + HOUR_MS;
}
