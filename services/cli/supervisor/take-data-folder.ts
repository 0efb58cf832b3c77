// The first thing that a start does: the data folder is usable and its own, or the start ends in a sentence.

import { type LockResult, lockFolder } from '#runtime/folder-lock.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { dataFolderProblem, type FolderProblem, unusable } from '../data-folder.ts';

/**
 * Ours until it is disposed of.
 * @throws StartError where the folder cannot be used (78), or another start uses it (69)
 */
export async function takeDataFolder(folder: string): Promise<Disposable> {
  const problem = await dataFolderProblem(folder);
  if (problem !== undefined) throw refusal(problem);
  const result = lock(folder);
  if ('lock' in result) return result.lock;
  throw new StartError(
    `Penstock is already running on this data folder (process ${result.holder}): ${folder}; stop that one, or set PENSTOCK_DATA to another folder`,
    EXIT.unavailable,
  );
}

/** What only the attempt tells: a file system that is read-only or full. */
function lock(folder: string): LockResult {
  try {
    return lockFolder(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw refusal(unusable(folder, `cannot be written to (${code})`));
  }
}

function refusal({ detail, fix }: FolderProblem): StartError {
  return new StartError(`${detail}; ${fix}`);
}
