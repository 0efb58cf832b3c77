// The files of chunks that are open, the least recently used closed when they become too many.

import path from 'node:path';
import type { SqliteFile } from '../sqlite.ts';
import { NewestSamples } from './newest-samples.ts';
import { ShardFile } from './shard-file.ts';
import { policyFolder, spanFile } from './spans.ts';

export type ShardAddress = { readonly policy: number; readonly startUs: number };

export function shardPath(root: string, { policy, startUs }: ShardAddress): string {
  return path.join(policyFolder(root, policy), spanFile(startUs));
}

function keyOf({ policy, startUs }: ShardAddress): string {
  return `${policy} ${startUs}`;
}

export class ShardCache implements Disposable {
  readonly #root: string;
  readonly #max: number;
  readonly #open: (file: string) => SqliteFile | undefined;
  readonly #shards = new Map<string, ShardFile>();
  readonly #newest = new NewestSamples();

  constructor(
    root: string,
    options: { readonly max: number; readonly open: (file: string) => SqliteFile | undefined },
  ) {
    this.#root = root;
    this.#max = options.max;
    this.#open = options.open;
  }

  get(address: ShardAddress): ShardFile {
    const key = keyOf(address);
    const open = () => this.#open(shardPath(this.#root, address));
    const shard = this.#shards.get(key) ?? new ShardFile(open, address.startUs, this.#newest);
    // Behind all others, as the one used last.
    this.#shards.delete(key);
    this.#shards.set(key, shard);
    for (const [oldest] of this.#shards) {
      if (this.#shards.size <= this.#max) break;
      this.#close(oldest);
    }
    return shard;
  }

  close(address: ShardAddress): void {
    this.#close(keyOf(address));
  }

  closePolicy(policy: number): void {
    for (const key of [...this.#shards.keys()]) if (key.startsWith(`${policy} `)) this.#close(key);
  }

  #close(key: string): void {
    this.#shards.get(key)?.close();
    this.#shards.delete(key);
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#shards.keys()]) this.#close(key);
  }
}
