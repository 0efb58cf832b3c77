// The names that the files of a plant know: what a rule may speak of. Devices may also come by themselves and bring labels and
// metrics of their own, so what is not here may exist all the same.

import type { DeviceEntry } from '#domain/device.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import type { Models } from './metric-facts.ts';

export type PlantNames = {
  readonly models: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
  /** What inputs and targets select by, and rules group by: attributes and labels, each with its values. */
  readonly attributes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly receivers: ReadonlySet<string>;
  /** The models that say which commands their devices obey. */
  readonly commanded: readonly DeviceModel[];
};

export type PlantKnowledge = {
  readonly models?: Models;
  /** By `site/area/device`. */
  readonly devices?: ReadonlyMap<string, DeviceEntry>;
  /** Those of rules/notify. */
  readonly receivers?: readonly string[];
};

/** Where nothing of a kind is written down. */
export const NONE: ReadonlySet<string> = new Set();

export function plantNames({ models = new Map(), devices = new Map(), receivers }: PlantKnowledge): PlantNames {
  const attributes = new Map<string, Set<string>>();
  const note = (name: string, value: string | null) => {
    const values = attributes.get(name) ?? new Set();
    if (value !== null) values.add(value);
    attributes.set(name, values);
  };
  for (const { site, area, device, model, role, labels } of devices.values())
    for (const [name, value] of Object.entries({ ...labels, site, area, device, model, role })) note(name, value);
  return {
    models: new Set(models.keys()),
    metrics: new Set([...models.values()].flatMap(({ metrics }) => [...metrics.keys()])),
    devices: attributes.get('device') ?? NONE,
    attributes,
    receivers: new Set(receivers),
    commanded: [...models.values()].filter(({ commands }) => commands !== undefined),
  };
}
