// The files that a command on rules is about: those that were named, those of a named folder, or those of the folder of the
// settings. Only names are looked at here.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { INNER_FOLDERS } from './stray-files.ts';

/** Every JSON file that a rules folder holds: rules, tests, and what stands in the folders of models, devices and sources. */
export function allFilesOf(folder: string): string[] {
  return [folder, ...INNER_FOLDERS.map((name) => path.join(folder, name))].flatMap(jsonFilesOf);
}

/** What is named as a JSON file directly in a folder, whatever it is, by name; a missing folder has none. */
export function jsonFilesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => path.join(folder, name))
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
