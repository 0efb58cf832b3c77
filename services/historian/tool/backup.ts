// A copy of a historian's folder that a historian opens as its own, made while another one may be writing to the original. The
// order makes it whole: the log, then chunks, then the catalogue. What is sealed between two of them is in a later one, and
// the start that opens the copy reads the log over the chunks as it does after a crash. Nobody waits for us.

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeDurableFolder, syncFolder } from '#runtime/durable-folder.ts';
import { realFiles } from '#runtime/segment-log/files.ts';
import { findSegments, readSegment, segmentFile } from '#runtime/segment-log/segment-folder.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { USER_FILE } from '../auth/user-file.ts';
import { CATALOGUE_LAYOUT } from '../engine/catalogue/catalogue-file.ts';
import { catalogueFile } from '../engine/seal/sealer.ts';
import { shardPath } from '../engine/shard/shard-cache.ts';
import { SHARD_LAYOUT } from '../engine/shard/shard-file.ts';
import { policiesIn, policyFolder, spansIn } from '../engine/shard/spans.ts';
import { type Layout, SqliteFile } from '../engine/sqlite.ts';
import { expectFolder, LOG_OWNER, logFolder } from './read-folder.ts';

export type BackupWish = {
  readonly root: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Told after each file of how far it is; waited for. */
  readonly onFile: (soFar: Backup) => void | Promise<void>;
};

export type Backup = { readonly files: number; readonly bytes: number };

/** Made under another name and renamed: what has been broken off is not taken for a backup. @throws StartError */
export async function backup({ root, folder, signal, onFile }: BackupWish): Promise<Backup> {
  expectFolder(root);
  if (existsSync(folder) && !isEmptyFolder(folder)) {
    throw new StartError(`${folder} is there already; name a folder that is not there yet`, EXIT.usage);
  }
  const draft = `${path.resolve(folder)}.part`;
  rmSync(draft, { recursive: true, force: true });
  const copy = new Copy(draft, signal, onFile);
  try {
    makeDurableFolder(draft);
    await copyLog(root, copy);
    if (existsSync(path.join(root, USER_FILE))) await copy.bytes(readFileSync(path.join(root, USER_FILE)), USER_FILE);
    for (const policy of policiesIn(root)) {
      for (const startUs of spansIn(policyFolder(root, policy))) {
        const file = shardPath(root, { policy, startUs });
        await copy.sqlite(file, SHARD_LAYOUT, path.relative(root, file));
      }
    }
    await copy.sqlite(catalogueFile(root), CATALOGUE_LAYOUT, path.basename(catalogueFile(root)));
    syncFolder(draft);
    rmSync(folder, { recursive: true, force: true }); // empty
    renameSync(draft, folder);
    syncFolder(path.dirname(path.resolve(folder)));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (error instanceof StartError || signal.aborted) throw error;
    throw new StartError(
      `the backup to ${folder} failed, and nothing of it was left: ${(error as Error).message}`,
      EXIT.unavailable,
    );
  }
  return { files: copy.files, bytes: copy.size };
}

function isEmptyFolder(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return false; // a file
  }
}

async function copyLog(root: string, copy: Copy): Promise<void> {
  const folder = logFolder(root);
  for (const segment of await findSegments(realFiles, folder, LOG_OWNER)) {
    const bytes = await readSegment(realFiles, folder, segment);
    if (bytes !== undefined) await copy.bytes(bytes, path.relative(root, segmentFile(folder, segment.number)));
  }
}

/** Each file is on the disk when its call returns. */
class Copy {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #onFile: BackupWish['onFile'];
  files = 0;
  size = 0;

  constructor(folder: string, signal: AbortSignal, onFile: BackupWish['onFile']) {
    this.#folder = folder;
    this.#signal = signal;
    this.#onFile = onFile;
  }

  async bytes(bytes: Uint8Array, name: string): Promise<void> {
    await this.#make(name, (file) => writeFileSync(file, bytes, { mode: 0o600 }));
  }

  /** What has been deleted since it was listed is left out. */
  async sqlite(from: string, layout: Layout, name: string): Promise<void> {
    using source = SqliteFile.forReading(from, layout);
    if (source !== undefined) {
      await this.#make(name, (file) => {
        writeFileSync(file, '', { mode: 0o600 });
        source.copyInto(file);
      });
    }
  }

  async #make(name: string, write: (file: string) => void): Promise<void> {
    this.#signal.throwIfAborted();
    const file = path.join(this.#folder, name);
    makeDurableFolder(path.dirname(file));
    write(file);
    const fd = openSync(file, 'r');
    this.size += fstatSync(fd).size;
    fsyncSync(fd);
    closeSync(fd);
    syncFolder(path.dirname(file));
    this.files++;
    await this.#onFile({ files: this.files, bytes: this.size });
  }
}
