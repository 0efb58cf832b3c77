// The alarms that pass a filter, in order, kept so while they change: what changed is put in its place, the rest is not sorted again.
// In a flood a full sort of thousands, many times a second, would cost the frames that the page has for drawing.

import type { AlarmView } from '../../api/live.ts';
import { compareAlarms } from './order.ts';

export type Alarms = ReadonlyMap<string, AlarmView>;

export class OrderedAlarms {
  readonly #passes: (alarm: AlarmView) => boolean;
  #known: Alarms = new Map();
  #list: readonly AlarmView[] = [];

  constructor(passes: (alarm: AlarmView) => boolean) {
    this.#passes = passes;
  }

  /** The same list while nothing in it has changed. An alarm that has not changed is the same object. */
  update(alarms: Alarms): readonly AlarmView[] {
    const changed: AlarmView[] = [];
    for (const [id, alarm] of alarms) if (this.#known.get(id) !== alarm && this.#passes(alarm)) changed.push(alarm);
    const kept = this.#list.filter((alarm) => alarms.get(alarm.id) === alarm);
    this.#known = alarms;
    if (changed.length > 0 || kept.length < this.#list.length) {
      this.#list = merged(kept, changed.sort(compareAlarms));
    }
    return this.#list;
  }
}

/** Two lists in order as one. */
function merged(long: readonly AlarmView[], short: readonly AlarmView[]): AlarmView[] {
  const list: AlarmView[] = [];
  let i = 0;
  for (const alarm of short) {
    for (let next = long[i]; next !== undefined && compareAlarms(next, alarm) < 0; next = long[++i]) list.push(next);
    list.push(alarm);
  }
  for (; i < long.length; i++) list.push(long[i] as AlarmView);
  return list;
}
