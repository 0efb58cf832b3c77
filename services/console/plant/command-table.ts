// The newest commands that people sent, by device, with what changed since somebody last asked. Bounded: a device past the bound
// is counted, those that are known stay up to date.

import type { DeviceCommands } from '#domain/command-life.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';

export class CommandTable {
  /** Messages of devices that did not fit. */
  dropped = 0;
  readonly #max: number;
  readonly #byKey = new Map<string, DeviceCommands>();
  readonly #changed = new Map<string, DeviceCommands>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns whether there is news; none left is news where there were some */
  put(told: DeviceCommands): boolean {
    const key = deviceKey(told);
    const isKnown = this.#byKey.has(key);
    if (told.commands.length === 0) {
      if (!this.#byKey.delete(key)) return false;
    } else if (isKnown || this.#byKey.size < this.#max) this.#byKey.set(key, told);
    else {
      this.dropped++;
      return false;
    }
    this.#changed.set(key, told);
    return true;
  }

  of(name: DeviceName): DeviceCommands['commands'] {
    return this.#byKey.get(deviceKey(name))?.commands ?? [];
  }

  keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  all(): DeviceCommands[] {
    return [...this.#byKey.values()];
  }

  remove(key: string): boolean {
    const known = this.#byKey.get(key);
    return known !== undefined && this.put({ ...known, commands: [] });
  }

  takeChanges(): DeviceCommands[] {
    const changes = [...this.#changed.values()];
    this.#changed.clear();
    return changes;
  }
}
