// What is written and not in chunks yet: in the log, so that it survives, and in memory, so that it can be read. Memory is a
// generation of a fixed size; a full one is frozen and sealed while the next one is filled, then the log is cut behind it.
// Nothing is ever written a second time in the way of a writer.

import type { SegmentLog } from '#runtime/segment-log/segment-log.ts';
import type { TrackId } from '../catalogue/entry.ts';
import type { Follower } from '../follower.ts';
import type { SampleBatch } from '../intake/sample-batch.ts';
import { CUT_RECORD, encodeSamples } from '../log-records.ts';
import type { SealLane } from '../seal/seal-lane.ts';
import type { SealJob } from '../seal/sealer.ts';
import { TRACKS_MAX } from '../shard/shard-file.ts';
import { Generation, type GenerationMemory, type GenerationSize } from './generation.ts';

export type HeadSize = {
  /** Samples that a generation holds: one is filled, one is sealed, and one may still be read. */
  readonly samples: number;
  readonly textBytes: number;
};

export type HeadParts = {
  readonly log: SegmentLog;
  readonly lane: SealLane;
  readonly follower: Follower;
  /** Tracks have numbers below this. */
  readonly tracksEnd: () => number;
  /** What else the sealer must know of a generation's tracks. */
  readonly describe: (tracks: Iterable<TrackId>) => Omit<SealJob, 'memory'>;
};

/** Room for tracks beyond those that exist when a generation begins. */
const TRACKS_SPARE = 65_536;

/** Memory that is kept for another generation. Where queries run without a pause, so that it is never free, the collector has it. */
const SPARE_MAX = 2;

export class Head {
  readonly #parts: HeadParts;
  readonly #size: HeadSize;
  /** Oldest first; the last one is filled. */
  readonly #unsealed: Generation[] = [];
  /** In chunks, and perhaps still read. */
  readonly #sealed = new Map<number, GenerationMemory>();
  /** Memory that waits for the next one. Left to the collector of three threads it would be there for minutes. */
  readonly #spare: GenerationMemory[] = [];

  constructor(parts: HeadParts, size: HeadSize) {
    this.#parts = parts;
    this.#size = size;
    this.#begin(1);
  }

  /**
   * Into the log and into memory, in one order; it is on disk with the log's next commit. `first` goes right before it.
   * Where both generations are full, it waits.
   */
  async append(batch: SampleBatch, first: () => void): Promise<void> {
    while (!this.#hasRoom(batch)) {
      const full = this.#current;
      await this.#parts.lane.idle();
      if (this.#current === full) void this.cut(batch);
    }
    first();
    if (batch.length === 0) return;
    this.#parts.log.append(encodeSamples(batch));
    this.#current.fill(batch);
  }

  /** What the log has in this segment already. */
  async recall(batch: SampleBatch, segment: number): Promise<void> {
    while (!this.#hasRoom(batch)) {
      await this.#parts.lane.idle();
      void this.freeze(segment, batch);
    }
    this.#current.fill(batch);
  }

  /** Begins a new generation with room for a batch, and for it a new segment; resolves when everything before is in chunks. */
  cut(batch?: SampleBatch): Promise<void> {
    const { log } = this.#parts;
    log.roll();
    return this.freeze(log.append(CUT_RECORD).segment, batch);
  }

  /** As `cut`, where the log is only read: of this segment something may belong to the frozen generation. */
  async freeze(segment: number, batch?: SampleBatch): Promise<void> {
    const { log, lane, follower, describe } = this.#parts;
    const frozen = this.#current;
    this.#begin(frozen.id + 1, batch);
    await lane.seal({
      job: () => ({ memory: frozen.memory, ...describe(frozen.tracks()) }),
      done: async () => {
        this.#unsealed.splice(this.#unsealed.indexOf(frozen), 1);
        this.#sealed.set(frozen.id, frozen.memory);
        for (const [oldest] of this.#sealed) if (this.#sealed.size > SPARE_MAX) this.#sealed.delete(oldest);
        follower.sealed(frozen.id);
        for (const { number } of log.segments) if (number < segment) await log.drop(number);
      },
    });
  }

  /** Whether nothing of a track is here. */
  isWithout(track: TrackId): boolean {
    return this.#unsealed.every((generation) => generation.lastTime(track) === undefined);
  }

  get samples(): number {
    return this.#unsealed.reduce((sum, { samples }) => sum + samples, 0);
  }

  get #current(): Generation {
    return this.#unsealed.at(-1) as Generation;
  }

  /** Nobody reads this one any more. */
  release(generation: number): void {
    const memory = this.#sealed.get(generation);
    this.#sealed.delete(generation);
    if (memory !== undefined && this.#spare.length < SPARE_MAX) this.#spare.push(memory);
  }

  #begin(id: number, batch?: SampleBatch): void {
    const needed: GenerationSize = {
      samples: Math.max(this.#size.samples, batch?.length ?? 0),
      textBytes: Math.max(this.#size.textBytes, batch?.textBytes ?? 0),
      tracks: Math.min(TRACKS_MAX, this.#parts.tracksEnd() + TRACKS_SPARE),
    };
    const spare = this.#spare.pop();
    const fits = spare !== undefined && isAsLarge(spare.size, { ...needed, tracks: needed.tracks - TRACKS_SPARE / 2 });
    const generation = fits ? Generation.again(id, spare) : Generation.allocate(id, needed);
    this.#unsealed.push(generation);
    this.#parts.follower.generation(generation.memory);
  }

  #hasRoom({ length, textBytes }: SampleBatch): boolean {
    return this.#current.hasRoom(length, textBytes, this.#parts.tracksEnd());
  }
}

function isAsLarge(size: GenerationSize, needed: GenerationSize): boolean {
  return size.samples >= needed.samples && size.textBytes >= needed.textBytes && size.tracks >= needed.tracks;
}
