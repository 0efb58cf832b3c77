// The file system without a disk, for tests: it knows of every file what was synced and of every folder which names were.
// `cut` takes the power away (torn-disk.ts).

import path from 'node:path';
import type { Random } from '#domain/random.ts';
import type { Files, OpenFile } from './files.ts';
import { Names, tear } from './torn-disk.ts';

/** What a test may let fail: it returns the error's code, such as EIO, or undefined. */
export type Fault = (call: {
  readonly does: 'open' | 'write' | 'sync' | 'sync folder';
  readonly file: string;
}) => string | undefined;

/** The content as it is, and as it was when it was last synced. */
type Node = { bytes: Buffer; synced: Buffer };

export class PowerCutFiles implements Files {
  fault: Fault = () => undefined;
  /** Room on the disk, bytes; a write takes what fits and then fails with ENOSPC. */
  bytesFree = Number.POSITIVE_INFINITY;
  readonly #names: Names<Node>;
  #isCut = false;

  constructor(names: Names<Node> = new Names(new Map())) {
    this.#names = names;
  }

  /** The process is killed, and the next one finds all that it wrote: synced or not, the power may take it as before. */
  kill(): PowerCutFiles {
    this.#isCut = true;
    return new PowerCutFiles(this.#names);
  }

  /** What the next process finds. Whoever still uses this one waits for ever, as a process that is no more. */
  cut(random: Random): PowerCutFiles {
    this.#isCut = true;
    const left = [...this.#names.cut(random)].map(([name, node]): [string, Node] => {
      const bytes = tear(node.bytes, node.synced, random);
      return [name, { bytes, synced: bytes }];
    });
    return new PowerCutFiles(new Names(new Map(left)));
  }

  /** A file's bytes as they are; a test may flip bits in them. */
  bytesOf(file: string): Buffer {
    return this.#node(file).bytes;
  }

  async open(file: string, how: 'create' | 'write' | 'read'): Promise<OpenFile> {
    await this.#turn();
    this.#fail({ does: 'open', file });
    if (how === 'create' && !this.#names.now.has(file))
      this.#names.change({ does: 'create', name: file, node: { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) } });
    return this.#handle(this.#node(file), file);
  }

  async names(folder: string): Promise<string[]> {
    await this.#turn();
    return [...this.#names.now.keys()]
      .filter((file) => path.dirname(file) === folder)
      .map((file) => path.basename(file));
  }

  async makeFolder(): Promise<void> {
    await this.#turn();
  }

  async remove(file: string): Promise<void> {
    await this.#turn();
    this.bytesFree += this.#node(file).bytes.length;
    this.#names.change({ does: 'remove', name: file });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#turn();
    this.#node(from);
    this.#names.change({ does: 'rename', name: from, to });
  }

  async syncFolder(folder: string): Promise<void> {
    await this.#turn();
    this.#fail({ does: 'sync folder', file: folder });
    this.#names.sync(folder);
  }

  #handle(node: Node, file: string): OpenFile {
    return {
      read: async (into, position) => {
        await this.#turn();
        return node.bytes.copy(into, 0, position);
      },
      write: async (bytes, position) => {
        await this.#turn();
        this.#fail({ does: 'write', file });
        const grown = Math.max(0, position + bytes.length - node.bytes.length);
        const isShort = grown > this.bytesFree;
        const fitting = isShort ? bytes.length - grown + this.bytesFree : bytes.length;
        node.bytes = overwritten(node.bytes, bytes.subarray(0, fitting), position);
        this.bytesFree -= Math.min(grown, this.bytesFree);
        if (isShort) throw systemError('ENOSPC', file);
      },
      truncate: async (length) => {
        await this.#turn();
        this.bytesFree += Math.max(0, node.bytes.length - length);
        node.bytes = Buffer.concat([node.bytes.subarray(0, length)], length);
      },
      sync: async () => {
        const written = node.bytes;
        await this.#turn();
        this.#fail({ does: 'sync', file });
        node.synced = written;
      },
      size: async () => {
        await this.#turn();
        return node.bytes.length;
      },
      close: () => this.#turn(),
    };
  }

  #node(file: string): Node {
    const node = this.#names.now.get(file);
    if (node === undefined) throw systemError('ENOENT', file);
    return node;
  }

  #fail(call: Parameters<Fault>[0]): void {
    const code = this.fault(call);
    if (code !== undefined) throw systemError(code, call.file);
  }

  /** A call takes a moment, and after a cut for ever. */
  async #turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isCut) await new Promise(() => {});
  }
}

function overwritten(bytes: Buffer, by: Uint8Array, position: number): Buffer {
  const result = Buffer.alloc(Math.max(bytes.length, position + by.length));
  result.set(bytes);
  result.set(by, position);
  return result;
}

function systemError(code: string, file: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${file}`), { code });
}
