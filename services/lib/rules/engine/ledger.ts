// What of the engine's state has changed since it was last written down. Everything is told once, as it stands when asked.

import type { Instance } from './instance.ts';
import type { DeviceState, SeriesState } from './plant.ts';
import { deviceRow, instanceRow, rowKeys, type StateRow, seriesRow } from './snapshot.ts';

export class Ledger {
  #instances: Instance[] = [];
  #series: SeriesState[] = [];
  #devices: DeviceState[] = [];
  #rows = new Map<string, string | null>();

  touch(instance: Instance): void {
    if (instance.isDirty) return;
    instance.isDirty = true;
    this.#instances.push(instance);
  }

  touchSeries(series: SeriesState): void {
    if (series.isDirty) return;
    series.isDirty = true;
    this.#series.push(series);
  }

  touchDevice(device: DeviceState): void {
    if (device.isDirty) return;
    device.isDirty = true;
    this.#devices.push(device);
  }

  forgetSeries(series: SeriesState): void {
    if (series.isDirty) this.#series = this.#series.filter((each) => each !== series);
    this.put({ key: rowKeys.series(series), value: null });
  }

  forgetDevice(device: DeviceState): void {
    if (device.isDirty) this.#devices = this.#devices.filter((each) => each !== device);
    this.put({ key: rowKeys.device(device), value: null });
  }

  /** A row that is known as it is; null as its value: the fact is no more. */
  put({ key, value }: StateRow): void {
    this.#rows.set(key, value);
  }

  /** Every row that has changed; of instances only those that are still there. */
  take(isThere: (instance: Instance) => boolean): StateRow[] {
    const rows = this.#rows;
    const changed = [
      ...this.#instances.flatMap((instance) => (isThere(instance) ? [instanceRow(instance)] : [])),
      ...this.#series.map(seriesRow),
      ...this.#devices.map(deviceRow),
    ];
    for (const each of [...this.#instances, ...this.#series, ...this.#devices]) each.isDirty = false;
    for (const { key, value } of changed) rows.set(key, value);
    this.#instances = [];
    this.#series = [];
    this.#devices = [];
    this.#rows = new Map();
    return [...rows].map(([key, value]) => ({ key, value }));
  }
}
