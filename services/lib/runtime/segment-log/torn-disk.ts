// What a power cut leaves of a disk, for tests: of what was not synced, each sector may be there, be old, zero or garbage,
// and each creation, renaming and removal may have happened or not.

import path from 'node:path';
import type { Random } from '#domain/random.ts';

export type NameChange<Node> =
  | { readonly does: 'create'; readonly name: string; readonly node: Node }
  | { readonly does: 'remove'; readonly name: string }
  | { readonly does: 'rename' | 'link'; readonly name: string; readonly to: string };

/** A disk writes this much whole or not at all. */
const SECTOR_BYTES = 512;
/** How likely a change of a folder that was not synced is there all the same. */
const CHANGE_KEPT = 0.5;

/** The names of a disk, and which of them a power cut cannot take. */
export class Names<Node> {
  readonly #now: Map<string, Node>;
  /** As the folders were last synced, and what has changed in them since. */
  readonly #synced: Map<string, Node>;
  #changes: NameChange<Node>[] = [];

  constructor(found: ReadonlyMap<string, Node>) {
    this.#now = new Map(found);
    this.#synced = new Map(found);
  }

  get now(): ReadonlyMap<string, Node> {
    return this.#now;
  }

  change(change: NameChange<Node>): void {
    apply(this.#now, change);
    this.#changes.push(change);
  }

  sync(folder: string): void {
    const isHere = ({ name }: NameChange<Node>) => path.dirname(name) === folder;
    for (const change of this.#changes.filter(isHere)) apply(this.#synced, change);
    this.#changes = this.#changes.filter((change) => !isHere(change));
  }

  cut(random: Random): Map<string, Node> {
    const left = new Map(this.#synced);
    for (const change of this.#changes) if (random() < CHANGE_KEPT) apply(left, change);
    return left;
  }
}

function apply<Node>(names: Map<string, Node>, change: NameChange<Node>): void {
  if (change.does === 'create') {
    names.set(change.name, change.node);
    return;
  }
  const node = names.get(change.name);
  if (change.does !== 'link') names.delete(change.name);
  if (change.does !== 'remove' && node !== undefined) names.set(change.to, node);
}

/** A file as it is, and as it was when it was last synced. What the disk has of it: of what differs, sectors by chance. */
export function tear(bytes: Buffer, synced: Buffer, random: Random): Buffer {
  if (bytes === synced) return bytes;
  const length =
    Math.min(bytes.length, synced.length) + Math.floor(random() * (Math.abs(bytes.length - synced.length) + 1));
  const torn = Buffer.alloc(length);
  for (let from = 0; from < length; from += SECTOR_BYTES) {
    const fate = random();
    const end = Math.min(from + SECTOR_BYTES, length);
    if (bytes.subarray(from, end).equals(synced.subarray(from, end))) {
      torn.set(synced.subarray(from, end), from);
      continue;
    }
    for (let at = from; at < end; at++) {
      const [now, before] = [bytes[at], synced[at]];
      if (now === before && now !== undefined) torn[at] = now;
      else if (fate < 0.4) torn[at] = now ?? 0;
      else if (fate < 0.8) torn[at] = before ?? 0;
      else torn[at] = Math.floor(random() * 256);
    }
  }
  return torn;
}
