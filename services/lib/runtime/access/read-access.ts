import { formatProblem } from '../json-file.ts';
import { StartError } from '../start-error.ts';
import { type AccessFiles, accessFolder, readAccessFiles } from './access-files.ts';

/**
 * The files of access as they are now.
 * @throws StartError with every mistake in them, one a line
 */
export function readAccess(dataDir: string): AccessFiles {
  const files = readAccessFiles(accessFolder(dataDir));
  if (!Array.isArray(files)) return files;
  throw new StartError(
    `${files.map(formatProblem).join('\n')}\nmend that first: users, devices and rights are read as a whole`,
  );
}
