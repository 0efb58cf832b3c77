// The files that a command on rules is about: those that were named, those of a named folder, or those of the folder of the
// settings. Only names are looked at here.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Folders inside the rules folder that hold files of ours. */
const INNER = ['models', 'devices', 'sources'];

/** Every JSON file that a rules folder holds: rules, tests, and what stands in the folders of models, devices and sources. */
export function allFilesOf(folder: string): string[] {
  return [folder, ...INNER.map((name) => path.join(folder, name))].flatMap(jsonFilesOf);
}

/** The JSON files directly in a folder, in the order of their names; a missing folder has none. */
export function jsonFilesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.name.endsWith('.json') && !entry.isDirectory())
      .map((entry) => path.join(folder, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The files that the words mean, each once; a sentence where one is not there. */
export function filesNamed(words: readonly string[], filesOf: (folder: string) => string[]): string[] | string {
  const files = new Set<string>();
  for (const word of words) {
    const stats = statSync(word, { throwIfNoEntry: false });
    if (stats === undefined) return `there is no file or folder ${word}`;
    for (const file of stats.isDirectory() ? filesOf(word) : [word]) files.add(file);
  }
  return [...files];
}
