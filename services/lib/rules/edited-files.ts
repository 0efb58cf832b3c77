// Files of a rules folder as they are on disk, or as they would be with what stands in an editor: what checks, tests and
// runs rules asks this for texts, so that an unsaved text goes the way of a saved one.

import { globSync } from 'node:fs';
import path from 'node:path';
import type { FileProblem } from '#runtime/json-file.ts';
import { readTextFile } from '#runtime/text-file.ts';

export type FileTexts = {
  /** The text, or why there is none; never throws. */
  readonly read: (file: string) => string | FileProblem;
  /** Files of a folder that match one of the patterns, as paths, in the order of their names. */
  readonly matching: (folder: string, patterns: readonly string[]) => readonly string[];
};

export const ON_DISK: FileTexts = {
  read: readTextFile,
  matching: (folder, patterns) =>
    globSync([...patterns], { cwd: folder })
      .sort()
      .map((name) => path.join(folder, name)),
};

/** By path, as the files on disk are asked for; those that are not on disk are there too. */
export function withEdits(edits: ReadonlyMap<string, string>): FileTexts {
  return {
    read: (file) => edits.get(file) ?? ON_DISK.read(file),
    matching: (folder, patterns) => {
      const edited = [...edits.keys()].filter((file) => {
        const name = path.relative(folder, file);
        return patterns.some((pattern) => path.matchesGlob(name, pattern));
      });
      return [...new Set([...ON_DISK.matching(folder, patterns), ...edited])].sort();
    },
  };
}
