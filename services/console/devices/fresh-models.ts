// What the device models say now: engineers change the files while the console runs, and an order must not be refused by what one
// said yesterday. Read again when somebody asks, and at most so often.

import { type DeviceModel, readPlantFiles } from '#runtime/plant-files.ts';

const FRESH_MS = 5_000;

export type Models = ReadonlyMap<string, DeviceModel>;

/** Reads them of a folder of rules, now and whenever they are old. */
export function openModels(rulesDir: string, now: () => number): () => Models {
  let { models } = readPlantFiles(rulesDir);
  let readAt = now();
  return () => {
    // The distance: a clock that steps back must not make them stay.
    if (Math.abs(now() - readAt) < FRESH_MS) return models;
    ({ models } = readPlantFiles(rulesDir));
    readAt = now();
    return models;
  };
}
