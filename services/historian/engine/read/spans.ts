// Which spans have a file, and the files that are open for reading. Whoever reads is told when files come or go, so the folder
// is not read anew for every query. A file that retention has deleted is read to the end by who reads it just then.

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
  /** The one that was asked for last: series after series is often looked for in the same one. */
  #latest: { readonly policy: number; readonly startUs: number; readonly shard: ShardFile } | undefined;

  constructor(root: string) {
    this.#root = root;
    const open = (file: string) => SqliteFile.forReading(file, SHARD_LAYOUT);
    this.#shards = new ShardCache(root, { max: OPEN_MAX, open });
  }

  /** What is read from now on is as of a later moment. */
  refresh(): void {
    for (const shard of this.#reading) shard.endReading();
    this.#reading.clear();
    this.#latest = undefined;
  }

  /** Which files there are has changed. */
  forget(): void {
    for (const [policy, before] of this.#starts) {
      const now = new Set(spansIn(policyFolder(this.#root, policy)));
      for (const startUs of before) if (!now.has(startUs)) this.#shards.close({ policy, startUs });
    }
    this.#starts.clear();
  }

  /** Of a policy files have been deleted: what is made anew under the name of one is another file. */
  forgetPolicy(policy: number): void {
    this.#shards.closePolicy(policy);
    this.#starts.delete(policy);
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
    const latest = this.#latest;
    if (latest?.policy === policy && latest.startUs === startUs) return latest.shard;
    const shard = this.#shards.get({ policy, startUs });
    this.#latest = { policy, startUs, shard };
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
