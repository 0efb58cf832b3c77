// The files of a log's segments while it is open: each opened once, each write synced, a new one on disk with its name before
// a record goes into it.

import type { Files, OpenFile } from './files.ts';
import { encodeHeader, FORMAT } from './header.ts';
import type { Place, Position } from './record.ts';
import { type Ownership, segmentFile } from './segment-folder.ts';

export class SegmentFiles {
  readonly counted = { syncs: 0, syncSeconds: 0 };
  readonly #folder: string;
  readonly #files: Files;
  readonly #owner: Ownership;
  readonly #open = new Map<number, Promise<OpenFile>>();

  constructor(folder: string, { files, kind, version }: Ownership & { readonly files: Files }) {
    this.#folder = folder;
    this.#files = files;
    this.#owner = { kind, version };
  }

  /** A try that was cut short is written over. */
  async create(segment: number): Promise<void> {
    const open = await this.#files.open(segmentFile(this.#folder, segment), 'create');
    try {
      await open.write(encodeHeader({ ...this.#owner, format: FORMAT, segment }), 0);
      await this.#sync(open);
    } finally {
      await open.close();
    }
    await this.#files.syncFolder(this.#folder);
  }

  /** On disk when it resolves. */
  async write(bytes: Uint8Array, { segment, offset }: Place): Promise<void> {
    const open = await this.#fileOf(segment);
    await open.write(bytes, offset);
    await this.#sync(open);
  }

  async cutOff({ segment, offset }: Place): Promise<void> {
    await (await this.#fileOf(segment)).truncate(offset);
  }

  async read({ segment, offset, bytes }: Position): Promise<Buffer> {
    const into = Buffer.allocUnsafeSlow(bytes);
    return into.subarray(0, await (await this.#fileOf(segment)).read(into, offset));
  }

  /** Gone for good when it resolves, also where somebody was quicker. */
  async remove(segment: number): Promise<void> {
    await this.#close(segment);
    await this.#files.remove(segmentFile(this.#folder, segment)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await this.#files.syncFolder(this.#folder);
  }

  async close(): Promise<void> {
    for (const segment of [...this.#open.keys()]) await this.#close(segment);
  }

  async #sync(open: OpenFile): Promise<void> {
    const startedAt = performance.now();
    await open.sync();
    this.counted.syncs++;
    this.counted.syncSeconds += (performance.now() - startedAt) / 1_000;
  }

  #fileOf(segment: number): Promise<OpenFile> {
    const known = this.#open.get(segment);
    if (known !== undefined) return known;
    const opened = this.#files.open(segmentFile(this.#folder, segment), 'write');
    this.#open.set(segment, opened);
    opened.catch(() => this.#open.delete(segment));
    return opened;
  }

  async #close(segment: number): Promise<void> {
    const open = this.#open.get(segment);
    this.#open.delete(segment);
    await (await open)?.close();
  }
}
