// Folders and files whose names survive a power cut: a folder is an entry in the one above it, and as easily forgotten.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder where it is not there, and those that are missing above it; on disk when it returns. Not by mkdir's own
 * `recursive`, which on a file system that answers ENOENT for what it will not make (/proc, some network mounts) tries for
 * ever.
 */
export function makeDurableFolder(folder: string): void {
  const parent = path.dirname(path.resolve(folder));
  if (!existsSync(parent)) makeDurableFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return;
  }
  syncFolder(parent);
}

/** Creations, renames and removals in the folder survive a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Puts a whole new file, for its owner alone, in the place of another, in a folder that is made where it is missing.
 * @throws Error where the disk does not take it; the file of before is then still whole
 */
export function replaceFileSync(file: string, content: string | Buffer): void {
  const folder = path.dirname(file);
  makeDurableFolder(folder);
  const draft = `${file}.draft`;
  writeFileSync(draft, content, { mode: 0o600, flush: true });
  renameSync(draft, file);
  syncFolder(folder);
}
