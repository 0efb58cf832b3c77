// What is done to the files of chunks: generations become chunks, ranges are deleted, spans that are too old go. The only one
// that writes them; one job at a time, in the order in which they are given, and each may be done again after a crash.

import { rmSync } from 'node:fs';
import path from 'node:path';
import { syncFolder } from '#runtime/durable-folder.ts';
import type { FieldType, Page } from '../../influxql/store.ts';
import type { TrackId } from '../catalogue/catalogue.ts';
import { CATALOGUE_LAYOUT, type CatalogueChanges, writeCatalogue } from '../catalogue/catalogue-file.ts';
import { Generation, type GenerationMemory } from '../head/generation.ts';
import { readTrack } from '../head/read-track.ts';
import { slice } from '../head/runs.ts';
import { type ShardAddress, ShardCache, shardPath } from '../shard/shard-cache.ts';
import { SHARD_LAYOUT, type ShardFile } from '../shard/shard-file.ts';
import { policiesIn, policyFolder, spanStart, spansIn } from '../shard/spans.ts';
import { storeRun } from '../shard/store-run.ts';
import { lockFolder, SqliteFile } from '../sqlite.ts';

export type SealedTrack = {
  readonly id: TrackId;
  readonly type: FieldType;
  readonly policy: number;
  readonly fileUs: number;
};

export type SealJob = {
  readonly memory: GenerationMemory;
  /** Those of the generation that are still in the catalogue; what belongs to others is dropped. */
  readonly tracks: readonly SealedTrack[];
  readonly changes: CatalogueChanges;
};

export type DeleteJob = {
  readonly tracks: readonly SealedTrack[];
  /** Microseconds, both inclusive. */
  readonly from: number;
  readonly to: number;
};

/** A policy whose spans end; those that ended at `beforeUs` or earlier go. */
export type ExpireJob = { readonly policy: number; readonly fileUs: number; readonly beforeUs: number };

/** Writes of a transaction are held in memory until it is committed. */
const TRACKS_PER_COMMIT = 2_000;
const OPEN_MAX = 16;

export function catalogueFile(root: string): string {
  return path.join(root, 'catalogue.db');
}

export class Sealer implements Disposable {
  readonly #root: string;
  readonly #lock: Disposable;
  readonly #catalogue: SqliteFile;
  readonly #shards: ShardCache;

  /** @throws where the folder cannot be written, or another process has it */
  constructor(root: string) {
    this.#root = root;
    this.#lock = lockFolder(root);
    this.#catalogue = SqliteFile.forWriting(catalogueFile(root), CATALOGUE_LAYOUT);
    const open = (file: string) => SqliteFile.forWriting(file, SHARD_LAYOUT);
    this.#shards = new ShardCache(root, { max: OPEN_MAX, open });
  }

  /** When it returns, nothing of the generation is needed any more. */
  seal({ memory, tracks, changes }: SealJob): void {
    writeCatalogue(this.#catalogue, changes);
    const generation = new Generation(memory);
    for (const [, group] of Map.groupBy(tracks, (_, i) => Math.floor(i / TRACKS_PER_COMMIT))) {
      this.#sealTracks(generation, group);
    }
  }

  #sealTracks(generation: Generation, tracks: readonly SealedTrack[]): void {
    const runs = new Map<string, { address: ShardAddress; parts: { track: SealedTrack; run: Page }[] }>();
    for (const track of tracks) {
      const all = readTrack(generation, track, { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
      for (const { startUs, run } of bySpan(all, track.fileUs)) {
        const key = `${track.policy} ${startUs}`;
        const found = runs.get(key) ?? { address: { policy: track.policy, startUs }, parts: [] };
        runs.set(key, found);
        found.parts.push({ track, run });
      }
    }
    for (const { address, parts } of runs.values()) {
      const shard = this.#shards.get(address);
      shard.transaction(() => {
        for (const { track, run } of parts) storeRun(shard, track, run);
      });
    }
  }

  /** The tracks that hold nothing any more. */
  delete({ tracks, from, to }: DeleteJob): TrackId[] {
    for (const [policy, ofPolicy] of Map.groupBy(tracks, (track) => track.policy)) {
      for (const startUs of spansIn(policyFolder(this.#root, policy))) {
        const fileUs = ofPolicy[0]?.fileUs ?? 0;
        if (startUs > to || startUs + fileUs <= from) continue;
        const shard = this.#shards.get({ policy, startUs });
        shard.transaction(() => {
          for (const track of ofPolicy) deleteRange(shard, track, { from, to });
        });
      }
    }
    return this.empty(tracks);
  }

  /** Deletes what is left of tracks that the catalogue no longer has. */
  dropTracks(tracks: readonly Pick<SealedTrack, 'id' | 'policy'>[]): void {
    for (const [policy, ofPolicy] of Map.groupBy(tracks, (track) => track.policy)) {
      for (const startUs of spansIn(policyFolder(this.#root, policy))) {
        const shard = this.#shards.get({ policy, startUs });
        shard.transaction(() => {
          for (const { id } of ofPolicy) shard.removeTrack(id);
        });
      }
    }
  }

  dropPolicy(policy: number): void {
    const folder = policyFolder(this.#root, policy);
    for (const startUs of spansIn(folder)) this.#shards.close({ policy, startUs });
    rmSync(folder, { recursive: true, force: true });
  }

  /** The tracks of the spans that went which have nothing in those that stay. */
  expire({ policy, fileUs, beforeUs }: ExpireJob): TrackId[] {
    const touched = new Set<TrackId>();
    for (const startUs of spansIn(policyFolder(this.#root, policy))) {
      if (startUs + fileUs > beforeUs) continue;
      for (const track of this.#shards.get({ policy, startUs }).tracks()) touched.add(track);
      this.#shards.close({ policy, startUs });
      removeShard(shardPath(this.#root, { policy, startUs }));
    }
    return this.empty([...touched].map((id) => ({ id, policy })));
  }

  /** Those that have no chunk anywhere. */
  empty(tracks: readonly Pick<SealedTrack, 'id' | 'policy'>[]): TrackId[] {
    const empty: TrackId[] = [];
    for (const [policy, ofPolicy] of Map.groupBy(tracks, (track) => track.policy)) {
      let left = ofPolicy.map(({ id }) => id);
      for (const startUs of spansIn(policyFolder(this.#root, policy))) {
        if (left.length === 0) break;
        const shard = this.#shards.get({ policy, startUs });
        left = left.filter((id) => !shard.hasTrack(id));
      }
      empty.push(...left);
    }
    return empty;
  }

  /** What a crash in the middle of a drop has left: folders and tracks that the catalogue does not have. */
  sweep(known: { readonly policies: ReadonlySet<number>; readonly tracks: ReadonlySet<TrackId> }): void {
    for (const policy of policiesIn(this.#root)) {
      if (!known.policies.has(policy)) {
        this.dropPolicy(policy);
        continue;
      }
      for (const startUs of spansIn(policyFolder(this.#root, policy))) {
        const shard = this.#shards.get({ policy, startUs });
        const orphans = [...shard.tracks()].filter((track) => !known.tracks.has(track));
        if (orphans.length > 0) this.dropTracks(orphans.map((id) => ({ id, policy })));
      }
    }
  }

  [Symbol.dispose](): void {
    this.#shards[Symbol.dispose]();
    this.#catalogue[Symbol.dispose]();
    this.#lock[Symbol.dispose]();
  }
}

/**
 * The file, and what SQLite keeps beside it only when the file is gone for good: a file that came back without its log after
 * a power cut would be damaged, while a log without a file is nothing to SQLite.
 */
function removeShard(file: string): void {
  rmSync(file, { force: true });
  syncFolder(path.dirname(file));
  for (const beside of [`${file}-wal`, `${file}-shm`]) rmSync(beside, { force: true });
}

function bySpan(run: Page, fileUs: number): { startUs: number; run: Page }[] {
  const parts: { startUs: number; run: Page }[] = [];
  for (let rest = run; rest.times.length > 0; ) {
    const startUs = spanStart(rest.times[0] as number, fileUs);
    parts.push({ startUs, run: slice(rest, Number.NEGATIVE_INFINITY, startUs + fileUs - 1) });
    rest = slice(rest, startUs + fileUs, Number.POSITIVE_INFINITY);
  }
  return parts;
}

/** Inside a transaction. */
function deleteRange(shard: ShardFile, { id, type }: SealedTrack, { from, to }: Pick<DeleteJob, 'from' | 'to'>): void {
  for (const chunk of [...shard.chunks(id, { from, to })]) {
    const standing = shard.read(chunk, type);
    shard.remove(chunk);
    if (standing === undefined) continue;
    // Moments are whole microseconds.
    const before = slice(standing, Number.NEGATIVE_INFINITY, from - 1);
    const after = slice(standing, to + 1, Number.POSITIVE_INFINITY);
    for (const rest of [before, after]) if (rest.times.length > 0) shard.put(id, rest);
  }
}
