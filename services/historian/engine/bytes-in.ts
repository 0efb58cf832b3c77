// How large a folder is whose files come and go meanwhile: the sealer removes what is dropped.

import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** What is no longer there when its turn has come counts for nothing. */
export function bytesIn(folder: string): number {
  return entriesIn(folder).reduce((sum, entry) => {
    const name = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesIn(name) : (statSync(name, { throwIfNoEntry: false })?.size ?? 0));
  }, 0);
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
