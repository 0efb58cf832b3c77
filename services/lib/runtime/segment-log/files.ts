// What a durable log asks of a file system, and the real one. Everything that becomes durable goes through here, so that the
// double beside it (power-cut-files.ts) can forget what was not synced. The only file that opens a log's files.

import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises';
import { makeDurableFolder } from '../durable-folder.ts';

/** Positions are bytes from the start of the file. Errors are those of the system (`code`). */
export type OpenFile = {
  /** Fills `into` from `position` as far as the file goes; how many bytes there were. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** All of `bytes`; where it throws, a part of them may be there. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /** What was written and truncated so far survives a power cut. Nothing is known of it after a failure. */
  sync(): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
};

export type Files = {
  /** For reading and writing; `create` makes it where it is not there, `read` changes nothing. */
  open(file: string, how: 'create' | 'write' | 'read'): Promise<OpenFile>;
  /** Names in a folder; none where it is not there. */
  names(folder: string): Promise<string[]>;
  makeFolder(folder: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** Replaces what is there. */
  rename(from: string, to: string): Promise<void>;
  /** Creations, renames and removals in the folder survive a power cut. */
  syncFolder(folder: string): Promise<void>;
};

const FLAGS = {
  create: constants.O_RDWR | constants.O_CREAT,
  write: constants.O_RDWR,
  read: constants.O_RDONLY,
} as const;

export const realFiles: Files = {
  async open(file, how) {
    return openFile(await open(file, FLAGS[how], 0o600));
  },
  async names(folder) {
    try {
      return await readdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  },
  async makeFolder(folder) {
    makeDurableFolder(folder);
  },
  remove: unlink,
  rename,
  async syncFolder(folder) {
    await using handle = await open(folder, constants.O_RDONLY);
    await handle.sync();
  },
};

function openFile(handle: FileHandle): OpenFile {
  return {
    async read(into, position) {
      let filled = 0;
      while (filled < into.length) {
        const { bytesRead } = await handle.read(into, filled, into.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    },
    async write(bytes, position) {
      let written = 0;
      while (written < bytes.length)
        written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
    },
    truncate: (length) => handle.truncate(length),
    sync: () => handle.datasync(),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}
