// Samples that are on disk in the log only, in memory that threads share: one appends, others read at the same time without
// asking. What was appended never changes; a sample is complete before its track's tail points at it. A generation is filled
// up to a fixed size, frozen, sealed into chunks by another thread, and forgotten as a whole, so nothing is ever freed
// under a reader's hands.

import type { TrackId } from '../catalogue/catalogue.ts';
import type { SampleBatch } from '../intake/sample-batch.ts';

export type GenerationSize = {
  readonly samples: number;
  /** Tracks have numbers below this. */
  readonly tracks: number;
  readonly textBytes: number;
};

/** What one thread sends another so that both see the same generation. */
export type GenerationMemory = {
  readonly id: number;
  readonly size: GenerationSize;
  readonly buffers: { readonly [column in keyof ReturnType<typeof allocate>]: SharedArrayBuffer };
};

function allocate({ samples, tracks, textBytes }: GenerationSize) {
  return {
    /** Of each sample, its track; `~track` where the value is a place in `texts`. */
    track: new SharedArrayBuffer(samples * 4),
    /** Microseconds. */
    time: new SharedArrayBuffer(samples * 8),
    value: new SharedArrayBuffer(samples * 8),
    /** The sample before in the same list of the same track, counted from 1; 0 at its end. */
    before: new SharedArrayBuffer(samples * 4),
    /** Two lists for every track, by their last sample, counted from 1: see `append`. */
    tails: new SharedArrayBuffer(tracks * 8),
    /** Length (u32) and UTF-8, one after another. */
    texts: new SharedArrayBuffer(textBytes),
    used: new SharedArrayBuffer(8),
  };
}

const SAMPLES = 0;
const TEXT_BYTES = 1;

export class Generation {
  readonly memory: GenerationMemory;
  readonly #track: Int32Array;
  readonly #time: Float64Array;
  readonly #value: Float64Array;
  readonly #before: Int32Array;
  readonly #tails: Int32Array;
  readonly #texts: Buffer;
  readonly #used: Int32Array;

  constructor(memory: GenerationMemory) {
    const { buffers } = memory;
    this.memory = memory;
    this.#track = new Int32Array(buffers.track);
    this.#time = new Float64Array(buffers.time);
    this.#value = new Float64Array(buffers.value);
    this.#before = new Int32Array(buffers.before);
    this.#tails = new Int32Array(buffers.tails);
    this.#texts = Buffer.from(buffers.texts);
    this.#used = new Int32Array(buffers.used);
  }

  static allocate(id: number, size: GenerationSize): Generation {
    return new Generation({ id, size, buffers: allocate(size) });
  }

  /** In the memory of one that nobody reads any more. */
  static again(id: number, { size, buffers }: GenerationMemory): Generation {
    new Int32Array(buffers.tails).fill(0);
    new Int32Array(buffers.used).fill(0);
    return new Generation({ id, size, buffers });
  }

  get id(): number {
    return this.memory.id;
  }

  get samples(): number {
    return this.#used[SAMPLES] as number;
  }

  /** Whether this much more fits. */
  hasRoom(samples: number, textBytes: number, tracks: number): boolean {
    const { size } = this.memory;
    return (
      this.samples + samples <= size.samples &&
      (this.#used[TEXT_BYTES] as number) + textBytes <= size.textBytes &&
      tracks <= size.tracks
    );
  }

  /** All samples of a batch, in their order. */
  fill({ length, tracks, times, values, texts }: SampleBatch): void {
    for (let i = 0; i < length; i++) {
      const track = tracks[i] as number;
      const time = times[i] as number;
      const value = values[i] as number;
      if (track >= 0) this.append(track, time, value);
      else this.appendText(~track, time, texts.subarray(value + 4, value + 4 + texts.readUInt32LE(value)));
    }
  }

  /**
   * Two lists: the first holds the samples that came in the order of time, so that whoever looks for the end or for a range
   * stops early; the second holds what came late or a second time, in the order of its coming, and wins over the first.
   */
  append(track: TrackId, time: number, value: number): void {
    this.#append(track, track, time, value);
  }

  appendText(track: TrackId, time: number, text: Uint8Array): void {
    const at = this.#used[TEXT_BYTES] as number;
    this.#texts.writeUInt32LE(text.length, at);
    this.#texts.set(text, at + 4);
    this.#used[TEXT_BYTES] = at + 4 + text.length;
    this.#append(track, ~track, time, at);
  }

  #append(track: TrackId, marked: number, time: number, value: number): void {
    const index = this.#used[SAMPLES] as number;
    const last = this.#tails[2 * track] as number;
    const list = 2 * track + (last !== 0 && (this.#time[last - 1] as number) >= time ? 1 : 0);
    this.#track[index] = marked;
    this.#time[index] = time;
    this.#value[index] = value;
    this.#before[index] = this.#tails[list] as number;
    this.#used[SAMPLES] = index + 1;
    Atomics.store(this.#tails, list, index + 1);
  }

  /** Those that have samples, ascending. */
  *tracks(): Generator<TrackId> {
    const { tracks } = this.memory.size;
    for (let track = 0; track < tracks; track++) if (this.#tails[2 * track] !== 0) yield track;
  }

  /** Moment of the last sample that came in order; undefined where there is none. */
  lastTime(track: TrackId): number | undefined {
    if (track >= this.memory.size.tracks) return undefined;
    const last = Atomics.load(this.#tails, 2 * track);
    return last === 0 ? undefined : this.#time[last - 1];
  }

  /**
   * Places of a track's samples in a range, newest first; the second list before the first, since it wins.
   * With `max`, the first list ends after so many.
   */
  places(
    track: TrackId,
    from: number,
    to: number,
    max = Number.POSITIVE_INFINITY,
  ): { late: number[]; ordered: number[] } {
    const late: number[] = [];
    const ordered: number[] = [];
    if (track >= this.memory.size.tracks) return { late, ordered };
    // The late list last: what was late when the first one was read is then in it.
    for (let at = Atomics.load(this.#tails, 2 * track); at !== 0; at = this.#before[at - 1] as number) {
      const time = this.#time[at - 1] as number;
      if (time < from || ordered.length >= max) break;
      if (time <= to) ordered.push(at - 1);
    }
    for (let at = Atomics.load(this.#tails, 2 * track + 1); at !== 0; at = this.#before[at - 1] as number) {
      const time = this.#time[at - 1] as number;
      if (time >= from && time <= to) late.push(at - 1);
    }
    return { late, ordered };
  }

  /** Place of the newest sample of a track in a range that counts for its moment; -1 where there is none. */
  newest(track: TrackId, from: number, to: number): number {
    if (track >= this.memory.size.tracks) return -1;
    // The late list last: see `places`.
    let at = Atomics.load(this.#tails, 2 * track);
    while (at !== 0 && (this.#time[at - 1] as number) > to) at = this.#before[at - 1] as number;
    let found = at !== 0 && (this.#time[at - 1] as number) >= from ? at : 0;
    let newest = found === 0 ? Number.NEGATIVE_INFINITY : (this.#time[found - 1] as number);
    let isLate = false;
    for (at = Atomics.load(this.#tails, 2 * track + 1); at !== 0; at = this.#before[at - 1] as number) {
      const time = this.#time[at - 1] as number;
      // Of one moment what came last counts: in this list what is met first, and all of it before the other list.
      if (time < from || time > to || time < newest || (isLate && time === newest)) continue;
      found = at;
      newest = time;
      isLate = true;
    }
    return found - 1;
  }

  timeAt(place: number): number {
    return this.#time[place] as number;
  }

  numberAt(place: number): number {
    return this.#value[place] as number;
  }

  /** Undefined where the value is a number. */
  textAt(place: number): string | undefined {
    if ((this.#track[place] as number) >= 0) return undefined;
    const at = this.#value[place] as number;
    return this.#texts.toString('utf8', at + 4, at + 4 + this.#texts.readUInt32LE(at));
  }
}
