// The file system without a disk, for tests: it knows of every file what was synced and of every folder which names were.
// `cut` takes the power away: of what was not synced, each sector may be there, be old, zero or garbage, and each creation,
// renaming and removal may have happened or not.

import path from 'node:path';
import type { Random } from '#domain/random.ts';
import type { Files, OpenFile } from './files.ts';

/** What a test may let fail: it returns the error's code, such as EIO, or undefined. */
export type Fault = (call: {
  readonly does: 'open' | 'write' | 'sync' | 'sync folder';
  readonly file: string;
}) => string | undefined;

/** The content as it is, and as it was when it was last synced. */
type Node = { bytes: Buffer; synced: Buffer };
type Change =
  | { readonly does: 'create'; readonly name: string; readonly node: Node }
  | { readonly does: 'remove'; readonly name: string }
  | { readonly does: 'rename'; readonly name: string; readonly to: string };

/** A disk writes this much whole or not at all. */
const SECTOR_BYTES = 512;
/** How likely a change of a folder that was not synced is there all the same. */
const CHANGE_KEPT = 0.5;

export class PowerCutFiles implements Files {
  fault: Fault = () => undefined;
  /** Room on the disk, bytes; a write takes what fits and then fails with ENOSPC. */
  bytesFree = Number.POSITIVE_INFINITY;
  readonly #names: Map<string, Node>;
  /** The names as the folders were last synced, and what has changed in them since. */
  readonly #synced: Map<string, Node>;
  #changes: Change[] = [];
  #isCut = false;

  constructor(found: ReadonlyMap<string, Node> = new Map()) {
    this.#names = new Map(found);
    this.#synced = new Map(found);
  }

  /** What the next process finds. Whoever still uses this one waits for ever, as a process that is no more. */
  cut(random: Random): PowerCutFiles {
    this.#isCut = true;
    const left = new Map(this.#synced);
    for (const change of this.#changes) if (random() < CHANGE_KEPT) apply(left, change);
    return new PowerCutFiles(
      new Map(
        [...left].map(([name, node]) => {
          const bytes = tear(node, random);
          return [name, { bytes, synced: bytes }];
        }),
      ),
    );
  }

  /** A file's bytes as they are; a test may flip bits in them. */
  bytesOf(file: string): Buffer {
    return this.#node(file).bytes;
  }

  async open(file: string, how: 'create' | 'write' | 'read'): Promise<OpenFile> {
    await this.#turn();
    this.#fail({ does: 'open', file });
    if (how === 'create' && !this.#names.has(file))
      this.#change({ does: 'create', name: file, node: { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) } });
    return this.#handle(this.#node(file), file);
  }

  async names(folder: string): Promise<string[]> {
    await this.#turn();
    return [...this.#names.keys()].filter((file) => path.dirname(file) === folder).map((file) => path.basename(file));
  }

  async makeFolder(): Promise<void> {
    await this.#turn();
  }

  async remove(file: string): Promise<void> {
    await this.#turn();
    this.bytesFree += this.#node(file).bytes.length;
    this.#change({ does: 'remove', name: file });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#turn();
    this.#node(from);
    this.#change({ does: 'rename', name: from, to });
  }

  async syncFolder(folder: string): Promise<void> {
    await this.#turn();
    this.#fail({ does: 'sync folder', file: folder });
    const isHere = ({ name }: Change) => path.dirname(name) === folder;
    for (const change of this.#changes.filter(isHere)) apply(this.#synced, change);
    this.#changes = this.#changes.filter((change) => !isHere(change));
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

  #change(change: Change): void {
    apply(this.#names, change);
    this.#changes.push(change);
  }

  #node(file: string): Node {
    const node = this.#names.get(file);
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

function apply(names: Map<string, Node>, change: Change): void {
  if (change.does === 'create') {
    names.set(change.name, change.node);
    return;
  }
  const node = names.get(change.name);
  names.delete(change.name);
  if (change.does === 'rename' && node !== undefined) names.set(change.to, node);
}

function overwritten(bytes: Buffer, by: Uint8Array, position: number): Buffer {
  const result = Buffer.alloc(Math.max(bytes.length, position + by.length));
  result.set(bytes);
  result.set(by, position);
  return result;
}

/** What the disk has of a file: at least what was synced and left alone; of the rest, sectors by chance. */
function tear({ bytes, synced }: Node, random: Random): Buffer {
  if (bytes === synced) return bytes;
  const length =
    Math.min(bytes.length, synced.length) + Math.floor(random() * (Math.abs(bytes.length - synced.length) + 1));
  const torn = Buffer.alloc(length);
  for (let from = 0; from < length; from += SECTOR_BYTES) {
    const fate = random();
    for (let at = from; at < Math.min(from + SECTOR_BYTES, length); at++) {
      const [now, before] = [bytes[at], synced[at]];
      if (now === before && now !== undefined) torn[at] = now;
      else if (fate < 0.4) torn[at] = now ?? 0;
      else if (fate < 0.8) torn[at] = before ?? 0;
      else torn[at] = Math.floor(random() * 256);
    }
  }
  return torn;
}

function systemError(code: string, file: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${file}`), { code });
}
