// Files that only the user who runs Penstock may read, since who reads them can log in as somebody else. A change replaces the
// whole file, and is there after a power cut.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { realFiles } from '../segment-log/files.ts';
import { replaceFile } from '../segment-log/replace-file.ts';
import { StartError } from '../start-error.ts';

const OPEN_TO_OTHERS = 0o077;

/**
 * undefined where there is no file. The mode is that of the very file that is read.
 * @throws StartError where the file is open to others, or cannot be read
 */
export function readPrivateFile(file: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    if ((fstatSync(fd).mode & OPEN_TO_OTHERS) !== 0) {
      throw new StartError(`${file} is open to other users of this machine; run: chmod 600 ${file}`);
    }
    return readFileSync(fd, 'utf8');
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new StartError(`${file} cannot be read (${code}); give it to the user that runs Penstock (chown)`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Resolves when it is on the disk. Rejects where the disk does not take it; the file of before is then still whole. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await realFiles.makeFolder(path.dirname(file));
  await replaceFile(realFiles, file, Buffer.from(text));
}
