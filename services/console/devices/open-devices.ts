// What the console listens to of single devices while somebody looks at them.

import type { Bus } from '#runtime/bus.ts';
import type { Plant } from '../plant/plant.ts';
import { ConfigWatches } from './config-watches.ts';
import { Tails } from './tails.ts';

export type DevicesParts = {
  readonly bus: Bus;
  readonly plant: Plant;
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

export function openDevices({ bus, plant, now, wait }: DevicesParts) {
  return {
    tails: new Tails({ bus, now, unitOf: ({ series }) => plant.value(series)?.unit ?? null }),
    configs: new ConfigWatches({ bus, now, wait }),
  };
}
