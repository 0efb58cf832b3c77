// What the files beside the rules know of the plant, for the validator: models, devices, and the receivers of notices.

import path from 'node:path';
import { parseJsonTree, plainValue } from '#runtime/json-file.ts';
import { type PlantFiles, readPlantFiles } from '#runtime/plant-files.ts';
import { readTextFile } from '#runtime/text-file.ts';
import type { PlantKnowledge } from './check/lint/plant-names.ts';

export function readPlantKnowledge(rulesDir: string, plant: PlantFiles = readPlantFiles(rulesDir)): PlantKnowledge {
  const { models, devices } = plant;
  const receivers = receiverNames(path.join(rulesDir, 'notify', 'receivers.json'));
  return { models, devices, ...(receivers === undefined ? {} : { receivers }) };
}

/** Only the names: whether the file is well is for the rules service to say, which also reads its secrets. */
function receiverNames(file: string): string[] | undefined {
  const text = readTextFile(file);
  const parsed = typeof text === 'string' ? parseJsonTree(text) : undefined;
  if (parsed?.ok !== true) return undefined;
  const { receivers } = (plainValue(parsed.tree) ?? {}) as { readonly receivers?: unknown };
  return typeof receivers === 'object' && receivers !== null ? Object.keys(receivers) : undefined;
}
