// One file of chunks of a verification.

import type { Catalogue, Track } from '../engine/catalogue/catalogue.ts';
import { decodeChunk } from '../engine/chunk/chunk.ts';
import { placeOf } from '../engine/read/read-series.ts';
import { type ShardAddress, shardPath } from '../engine/shard/shard-cache.ts';
import { type RawChunk, SHARD_LAYOUT, ShardFile } from '../engine/shard/shard-file.ts';
import { summaryBytes } from '../engine/shard/summary.ts';
import { SqliteFile } from '../engine/sqlite.ts';
import type { FieldType, Page } from '../influxql/store.ts';
import { attempt, type Tell } from './finding.ts';

type Against = {
  /** Undefined where it cannot be read. */
  readonly catalogue: Catalogue | undefined;
  readonly tell: Tell;
};

export type ShardSeen = {
  readonly chunks: number;
  readonly samples: number;
  /** Tracks that the catalogue does not have. */
  readonly orphans: ReadonlySet<number>;
};

export function verifyShard(root: string, address: ShardAddress, { catalogue, tell }: Against): ShardSeen {
  const seen = { chunks: 0, samples: 0, orphans: new Set<number>() };
  const file = shardPath(root, address);
  const shard = new ShardFile(() => SqliteFile.forReading(file, SHARD_LAYOUT), address.startUs);
  let before: RawChunk | undefined;
  const look = () => {
    const problem = shard.problem();
    if (problem !== undefined) tell(file, problem);
    for (const chunk of shard.raw()) {
      seen.chunks++;
      seen.samples += chunk.count;
      const track = catalogue?.track(chunk.track);
      if (track?.series.measurement.policy.entry.id !== address.policy) seen.orphans.add(chunk.track);
      const place = `${file}: ${placeIn(chunk, track)}`;
      const problemOfIt = problemOf(chunk, track?.field.type, shard);
      if (problemOfIt !== undefined) tell(place, problemOfIt);
      if (before?.track === chunk.track && before.lastAt >= chunk.firstAt)
        tell(place, 'reaches into the chunk before it');
      before = chunk;
    }
  };
  attempt(look, (why) => tell(file, why));
  shard.close();
  return seen;
}

function placeIn(chunk: RawChunk, track: Track | undefined): string {
  return placeOf(track?.series.key ?? `track ${chunk.track}`, track?.field.name ?? '', chunk);
}

/** What does not fit; `undefined` where all does. */
function problemOf(chunk: RawChunk, type: FieldType | undefined, shard: ShardFile): string | undefined {
  let problem: string | undefined;
  const run = attempt(
    () => decodeChunk(chunk.samples, type ?? 'float'),
    (why) => {
      problem = why;
    },
  );
  if (run === undefined) return problem;
  const { times } = run;
  if (times.length !== chunk.count) return `holds ${times.length} samples, and says ${chunk.count}`;
  if (times[0] !== chunk.firstAt || times.at(-1) !== chunk.lastAt)
    return 'begins or ends at another moment than it says';
  if (times.some((time, i) => i > 0 && time <= (times[i - 1] as number))) return 'is not in the order of time';
  if (chunk.id !== shard.idOf(chunk.track, chunk.firstAt)) return 'has another number than its first sample gives it';
  if (type !== undefined && !isSummaryOf(chunk.summary, run)) return 'its summary is not that of its samples';
  return undefined;
}

function isSummaryOf(summary: Uint8Array | null, run: Page): boolean {
  const right = summaryBytes(run);
  return right === null || summary === null ? right === summary : right.equals(summary);
}
