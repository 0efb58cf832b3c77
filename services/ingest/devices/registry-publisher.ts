// Tells the plant what has changed of its devices, on `device/v1/…` and for their journal. One round at a time: while the broker owes us answers,
// what changes waits in the registry, each device once, so that a broker that is away cannot make a queue grow here.

import type { DeviceView } from '#domain/device.ts';
import type { DeviceRegistry } from './registry.ts';

export class RegistryPublisher {
  readonly #registry: Pick<DeviceRegistry, 'takeChanges'>;
  readonly #publish: (views: readonly DeviceView[]) => Promise<unknown>;
  #isPublishing = false;

  constructor(
    registry: Pick<DeviceRegistry, 'takeChanges'>,
    publish: (views: readonly DeviceView[]) => Promise<unknown>,
  ) {
    this.#registry = registry;
    this.#publish = publish;
  }

  /** Resolves when the broker has the round; at once where the one before is still under way. */
  async run(now: number): Promise<void> {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    try {
      await this.#publish(this.#registry.takeChanges(now));
    } catch {
      // Only a closing bus refuses; our next life tells all of it anew.
    } finally {
      this.#isPublishing = false;
    }
  }
}
