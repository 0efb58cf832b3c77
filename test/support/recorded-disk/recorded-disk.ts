// A folder as a recording tells of it: what is there, and what would be there if the power went now. Names and sectors are
// lost as torn-disk.ts says.

import path from 'node:path';
import type { Random } from '#domain/random.ts';
import { Names, tear } from '#runtime/segment-log/torn-disk.ts';
import type { DiskEvent, Found, Write } from './disk-event.ts';
import { GrowingBytes } from './growing-bytes.ts';

type Change = { readonly does: 'write'; readonly write: Write } | { readonly does: 'cut off'; readonly length: number };
type Node = {
  readonly isFolder: boolean;
  readonly synced: GrowingBytes;
  /** Since then, in order. */
  pending: Change[];
  isMapped: boolean;
};

export class RecordedDisk {
  readonly #folder: string;
  readonly #nodes: Node[];
  readonly #names: Names<Node>;
  /** How much of a write that is done was written. */
  readonly #lengths = new Map<Write, number>();
  readonly #syncs = new Map<object, readonly Change[]>();

  /** @param found by its number; see CallFollower */
  constructor(folder: string, found: Found) {
    this.#folder = folder;
    this.#nodes = [...found.values()].map((bytes) => nodeOf(bytes));
    this.#names = new Names(new Map([...found.keys()].map((name, i) => [name, this.#node(i)])));
  }

  apply(event: DiskEvent): void {
    switch (event.kind) {
      case 'created':
        this.#nodes[event.node] = nodeOf(event.isFolder ? null : Buffer.alloc(0));
        this.#names.change({ does: 'create', name: event.name, node: this.#node(event.node) });
        break;
      case 'removed':
        this.#names.change({ does: 'remove', name: event.name });
        break;
      case 'renamed':
      case 'linked':
        this.#names.change({ does: event.kind === 'linked' ? 'link' : 'rename', name: event.name, to: event.to });
        break;
      case 'writing':
        this.#node(event.node).pending.push({ does: 'write', write: event.write });
        break;
      case 'written':
        this.#lengths.set(event.write, event.length);
        break;
      case 'cut off':
        this.#node(event.node).pending.push({ does: 'cut off', length: event.length });
        break;
      case 'mapped':
        this.#node(event.node).isMapped = true;
        break;
      case 'syncing':
        this.#syncs.set(
          event.sync,
          this.#node(event.node).pending.filter((change) => this.#isDone(change)),
        );
        break;
      case 'synced':
        this.#synced(event);
        break;
      default: // what is said changes nothing
    }
  }

  /** As a process sees it; undefined for a file that is written through memory. */
  now(): Map<string, Buffer | null | undefined> {
    return new Map(
      [...this.#names.now].map(([name, node]) => [
        name,
        node.isFolder ? null : node.isMapped ? undefined : this.#bytesOf(node),
      ]),
    );
  }

  /** What the next process finds after a power cut. */
  cut(random: Random): Map<string, Buffer | null> {
    const left = this.#names.cut(random);
    const isThere = (name: string): boolean =>
      name === this.#folder || (left.get(name)?.isFolder === true && isThere(path.dirname(name)));
    return new Map(
      [...left]
        .filter(([name]) => name === this.#folder || isThere(path.dirname(name)))
        .map(([name, node]) => [name, node.isFolder ? null : this.#torn(node, random)]),
    );
  }

  #torn(node: Node, random: Random): Buffer {
    const { synced, pending, isMapped } = node;
    if (isMapped) return this.#bytesOf(node).map(() => Math.floor(random() * 256)) as Buffer;
    return pending.length === 0 ? synced.bytes : tear(this.#bytesOf(node), synced.bytes, random);
  }

  #bytesOf({ synced, pending }: Node): Buffer {
    const bytes = new GrowingBytes(synced.bytes);
    for (const change of pending) this.#make(change, bytes);
    return bytes.bytes;
  }

  #synced({ node: number, sync, name }: Extract<DiskEvent, { kind: 'synced' }>): void {
    const node = this.#node(number);
    if (node.isFolder) this.#names.sync(name);
    const settled = new Set(this.#syncs.get(sync));
    this.#syncs.delete(sync);
    for (const change of node.pending) if (settled.has(change)) this.#make(change, node.synced);
    node.pending = node.pending.filter((change) => !settled.has(change));
  }

  #make(change: Change, bytes: GrowingBytes): void {
    if (change.does === 'cut off') bytes.cutOff(change.length);
    else bytes.write(change.write.at, change.write.bytes.subarray(0, this.#lengths.get(change.write)));
  }

  #isDone(change: Change): boolean {
    return change.does === 'cut off' || this.#lengths.has(change.write);
  }

  #node(number: number): Node {
    const node = this.#nodes[number];
    if (node === undefined) throw new Error(`the recording tells of file ${number} before it is there`);
    return node;
  }
}

function nodeOf(bytes: Buffer | null): Node {
  return { isFolder: bytes === null, synced: new GrowingBytes(bytes ?? Buffer.alloc(0)), pending: [], isMapped: false };
}
