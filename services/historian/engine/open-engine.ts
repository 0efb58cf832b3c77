// Opens the store at the start of the process, and says what a person can do where it cannot be opened.

import path from 'node:path';
import { EXIT, StartError } from '#runtime/process.ts';
import { SqliteEngine } from './sqlite-engine.ts';
import { FILE_NAME, isDamage } from './sqlite-file.ts';

/** @throws StartError */
export function openEngine(folder: string, seriesMax: number): SqliteEngine {
  try {
    return new SqliteEngine(folder, { seriesMax });
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    if (isDamage(error)) {
      const file = path.join(folder, FILE_NAME);
      throw new StartError(
        `${file} is damaged (${why}): restore it from a backup, or move it and its -wal file out of the folder and start again; a new, empty one is then made`,
      );
    }
    throw new StartError(`cannot open the store in ${folder}: ${why}`, EXIT.unavailable);
  }
}
