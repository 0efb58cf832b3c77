// A simulated device's way to the broker, as the simulation sees it. Implementations: mqtt-link.ts, and the double in
// simulation.test.ts. Like a sensor without a spool it keeps nothing: what cannot be sent now is dropped and counted.

import type { SimulatedDevice } from './devices.ts';
import type { Outgoing } from './payload.ts';

export type DeviceLink = AsyncDisposable & {
  readonly isConnected: boolean;
  /** Messages that found no connection. */
  readonly droppedCount: number;
  send(message: Outgoing): void;
  /** Loses the connection without a goodbye, so that the broker publishes the last will; `restore` ends the silence. */
  cut(): void;
  restore(): void;
};

export type LinkEvents = {
  /** The connection stands: the birth is due. */
  readonly onConnected: () => void;
  readonly onCommand: (payload: string, isRetained: boolean) => void;
};

export type OpenLink = (device: SimulatedDevice, events: LinkEvents) => DeviceLink;
