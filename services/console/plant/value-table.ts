// The newest point of every series, with what the device's model says about it. Bounded: points of a series past the
// bound are counted by series, once.

import type { Point } from '#domain/point.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { ValueChange, ValueView } from '../api/live.ts';
import type { MetricNote } from './catalog.ts';

/** A device's clock may run this far ahead; what lies farther ahead must not keep the true values out. */
const CLOCK_AHEAD_MS_MAX = 60_000;

type Entry = { view: ValueView; isTold: boolean };

export class ValueTable {
  readonly #max: number;
  readonly #noteOf: (device: DeviceName, metric: string) => MetricNote;
  readonly #byKey = new Map<string, Entry>();
  readonly #byDevice = new Map<string, Entry[]>();
  readonly #changed = new Set<Entry>();
  /** Keys that did not fit; itself bounded, so that hostile names cost no more than true ones. */
  readonly #refused = new Set<string>();

  constructor(max: number, noteOf: (device: DeviceName, metric: string) => MetricNote) {
    this.#max = max;
    this.#noteOf = noteOf;
  }

  /** Series that did not fit, counted up to the bound. */
  get dropped(): number {
    return this.#refused.size;
  }

  put(point: Point, receivedAt: number): void {
    const entry = this.#byKey.get(point.series.key);
    if (entry === undefined) this.#add(point);
    else if (isNewer(point, entry.view, receivedAt)) {
      const { value, quality, measuredAt } = point;
      entry.view = { ...entry.view, value, quality, measuredAt };
      this.#changed.add(entry);
    }
  }

  /** Notes are made anew for a device whose model has become known or has changed. */
  redescribe(device: DeviceName): void {
    for (const entry of this.#byDevice.get(deviceKey(device)) ?? []) {
      entry.view = { ...entry.view, ...this.#noteOf(device, entry.view.metric) };
      entry.isTold = false;
      this.#changed.add(entry);
    }
  }

  get(key: string): ValueView | undefined {
    return this.#byKey.get(key)?.view;
  }

  all(): ValueView[] {
    return Array.from(this.#byKey.values(), (entry) => entry.view);
  }

  takeChanges(): { added: ValueView[]; changed: ValueChange[] } {
    const added: ValueView[] = [];
    const changed: ValueChange[] = [];
    for (const entry of this.#changed) {
      const { id, value, quality, measuredAt } = entry.view;
      if (entry.isTold) changed.push([id, value, quality, measuredAt]);
      else added.push(entry.view);
      entry.isTold = true;
    }
    this.#changed.clear();
    return { added, changed };
  }

  #add(point: Point): void {
    const { series, value, quality, measuredAt } = point;
    if (this.#byKey.size >= this.#max) {
      if (this.#refused.size < this.#max) this.#refused.add(series.key);
      return;
    }
    const { site, area, device, metric } = series;
    const note = this.#noteOf(series, metric);
    const id = this.#byKey.size;
    const entry = { view: { id, site, area, device, metric, value, quality, measuredAt, ...note }, isTold: false };
    this.#byKey.set(series.key, entry);
    const siblings = this.#byDevice.get(deviceKey(series));
    if (siblings === undefined) this.#byDevice.set(deviceKey(series), [entry]);
    else siblings.push(entry);
    this.#changed.add(entry);
  }
}

function isNewer(point: Point, last: ValueView, receivedAt: number): boolean {
  if (point.measuredAt >= last.measuredAt) return true;
  return last.measuredAt > receivedAt + CLOCK_AHEAD_MS_MAX;
}
