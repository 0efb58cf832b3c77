// Puts a run of samples where it belongs among the chunks that a track has already: behind the last one, into it while it is
// small, or in between where samples come late.

import type { FieldType, Page } from '../../influxql/store.ts';
import type { TrackId } from '../catalogue/catalogue.ts';
import { lowerBound, merge, slice } from '../head/runs.ts';
import { ALL_TIME, type Chunk, type ShardFile } from './shard-file.ts';

/** A chunk is decoded as a whole, also for one of its samples. */
const SAMPLES_MAX = 4_096;
/** From here on a chunk ends with the hour, so that an hour's mean needs only its summary. */
const SAMPLES_OF_HOUR = 512;
const HOUR_US = 3_600_000_000;

/** `run` lies in the shard's span. Inside a transaction. */
export function storeRun(shard: ShardFile, track: { readonly id: TrackId; readonly type: FieldType }, run: Page): void {
  const chunks = [...shard.chunks(track.id, ALL_TIME)];
  let from = 0;
  for (const [i, chunk] of chunks.entries()) {
    const next = chunks[i + 1];
    // By whole milliseconds: two chunks of a track never begin in the same one, it is their number.
    const to = next === undefined ? run.times.length : lowerBound(run.times, Math.floor(next.firstAt / 1_000) * 1_000);
    if (to > from) storeAt(shard, track, { chunk, part: part(run, from, to) });
    from = to;
  }
  if (chunks.length === 0) putAll(shard, track.id, run);
}

/** Samples that come after the chunk begins and before the next one does; or before all of them, where it is the first. */
function storeAt(
  shard: ShardFile,
  track: { readonly id: TrackId; readonly type: FieldType },
  { chunk, part: run }: { readonly chunk: Chunk; readonly part: Page },
): void {
  const firstAt = run.times[0] as number;
  const isBehind = firstAt > chunk.lastAt && isFull(chunk.count, chunk.lastAt, firstAt);
  const standing = isBehind ? undefined : shard.read(chunk, track.type);
  if (!isBehind) shard.remove(chunk);
  putAll(shard, track.id, standing === undefined ? run : merge(standing, run));
}

function isFull(count: number, lastAt: number, nextAt: number): boolean {
  // See storeRun.
  if (Math.floor(lastAt / 1_000) === Math.floor(nextAt / 1_000)) return false;
  return count >= SAMPLES_MAX || (count >= SAMPLES_OF_HOUR && hourOf(lastAt) !== hourOf(nextAt));
}

function hourOf(us: number): number {
  return Math.floor(us / HOUR_US);
}

function putAll(shard: ShardFile, track: TrackId, run: Page): void {
  const { times } = run;
  let start = 0;
  for (let i = 1; i <= times.length; i++) {
    const isEnd = i === times.length || isFull(i - start, times[i - 1] as number, times[i] as number);
    if (!isEnd) continue;
    shard.put(track, part(run, start, i));
    start = i;
  }
}

function part(run: Page, from: number, to: number): Page {
  if (from === 0 && to === run.times.length) return run;
  return slice(run, run.times[from] as number, run.times[to - 1] as number);
}
