// Which spans have a file, and the files that are open for reading. A file that retention has deleted while it was read is
// read to its end, and closed with the next refresh.

import { ShardCache } from '../shard/shard-cache.ts';
import { SHARD_LAYOUT, type ShardFile } from '../shard/shard-file.ts';
import { policyFolder, spansIn } from '../shard/spans.ts';
import { SqliteFile } from '../sqlite.ts';

const OPEN_MAX = 64;

export class Spans implements Disposable {
  readonly #root: string;
  readonly #shards: ShardCache;
  readonly #starts = new Map<number, readonly number[]>();
  /** Those that are read as of one moment, since the last refresh. */
  readonly #reading = new Set<ShardFile>();

  constructor(root: string) {
    this.#root = root;
    const open = (file: string) => SqliteFile.forReading(file, SHARD_LAYOUT);
    this.#shards = new ShardCache(root, { max: OPEN_MAX, open });
  }

  refresh(): void {
    for (const shard of this.#reading) shard.endReading();
    this.#reading.clear();
    for (const [policy, before] of this.#starts) {
      const now = new Set(spansIn(policyFolder(this.#root, policy)));
      for (const startUs of before) if (!now.has(startUs)) this.#shards.close({ policy, startUs });
    }
    this.#starts.clear();
  }

  /** Starts of the spans of a policy that touch a range, ascending. */
  starts(
    policy: number,
    { from, to, fileUs }: { readonly from: number; readonly to: number; readonly fileUs: number },
  ): number[] {
    let all = this.#starts.get(policy);
    if (all === undefined) {
      all = spansIn(policyFolder(this.#root, policy));
      this.#starts.set(policy, all);
    }
    return all.filter((start) => start <= to && start + fileUs > from);
  }

  shard(policy: number, startUs: number): ShardFile {
    const shard = this.#shards.get({ policy, startUs });
    if (!this.#reading.has(shard)) {
      shard.beginReading();
      this.#reading.add(shard);
    }
    return shard;
  }

  [Symbol.dispose](): void {
    this.#shards[Symbol.dispose]();
  }
}
