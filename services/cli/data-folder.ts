// Whether the data folder can be used: asked by the doctor, and by a start before it writes anything.

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

export type FolderProblem = { readonly detail: string; readonly fix: string };

/** What keeps us from it; undefined where it is usable, or can be made. */
export async function dataFolderProblem(folder: string): Promise<FolderProblem | undefined> {
  const existing = await nearestExisting(folder);
  try {
    if (!(await stat(existing)).isDirectory()) return unusable(existing, 'is not a folder');
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return unusable(existing, `cannot be read and written (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** For a folder that is there, or where its making failed. */
export function unusable(folder: string, words: string): FolderProblem {
  return {
    detail: `the data folder ${folder} ${words}`,
    fix: 'give the folder to the user that runs Penstock (chown), or set PENSTOCK_DATA to another',
  };
}

/** The folder itself, or the nearest one above it that is there. */
export async function nearestExisting(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const isThere = await access(at).then(
      () => true,
      () => false,
    );
    if (isThere || at === path.dirname(at)) return at;
  }
}
