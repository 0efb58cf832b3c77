// Devices that no registry knows. Whoever may publish can invent names without end, and each costs memory for as long as we
// live: past a limit what is new is refused. A device counts for each of its series, and for one where it has none yet.

import type { Ledger } from './ledger.ts';
import type { DeviceState, Plant } from './plant.ts';

/** The alarm returns when so much of the room is taken, so that it does not come and go with every device. */
const RELAXED_SHARE = 0.9;

export class UnknownDevices {
  readonly #plant: Plant;
  readonly #ledger: Ledger;
  readonly #max: number;
  #count = 0;
  #refused = 0;

  constructor(plant: Plant, ledger: Ledger, max: number) {
    this.#plant = plant;
    this.#ledger = ledger;
    this.#max = max;
    for (const device of plant.devices()) this.#count += weightOf(device);
  }

  get count(): number {
    return this.#count;
  }

  /** Inputs of devices that were refused. */
  get refused(): number {
    return this.#refused;
  }

  get max(): number {
    return this.#max;
  }

  /** Whether there is room for more than the device has; a refusal is counted. */
  admits(device: DeviceState | undefined): boolean {
    if ((device !== undefined && device.view !== null) || this.#count < this.#max) return true;
    this.#refused++;
    return false;
  }

  get isRelaxed(): boolean {
    return this.#count <= this.#max * RELAXED_SHARE;
  }

  /** Does what may make the device, name it, or forget it. */
  counting<T>(name: DeviceState['name'], change: () => T): T {
    const before = weightOf(this.#plant.find(name));
    const made = change();
    this.#count += weightOf(this.#plant.find(name)) - before;
    return made;
  }

  /** Gives back what nothing reads any more, and the device where nothing is left of it. */
  release(device: DeviceState, isRead: (metric: string, feeds: number) => boolean): void {
    if (device.view !== null) return;
    this.counting(device.name, () => {
      for (const series of device.series.values()) {
        if (isRead(series.metric, series.feeds?.length ?? 0)) continue;
        this.#plant.dropSeries(series);
        this.#ledger.forgetSeries(series);
      }
      const isEmpty = device.series.size === 0 && Object.keys(device.config).length === 0;
      if (!isEmpty || Object.keys(device.commandsSentAt).length > 0) return;
      this.#plant.dropDevice(device);
      this.#ledger.forgetDevice(device);
    });
  }
}

function weightOf(device: DeviceState | undefined): number {
  return device === undefined || device.view !== null ? 0 : Math.max(1, device.series.size);
}
