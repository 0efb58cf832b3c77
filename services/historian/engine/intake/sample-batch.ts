// Samples on their way to the log and into memory, by column; used again and again. A text stands in `texts` as its length
// (u32) and its UTF-8 bytes, its sample holds its place there and `~track` for its track.

import type { TrackId } from '../catalogue/entry.ts';

/** As many as are parsed before others have their turn; a line may bring some more. */
export const BATCH_SAMPLES = 8_192;

const TEXT_BYTES_KEPT = 1_048_576;

export class SampleBatch {
  length = 0;
  textBytes = 0;
  tracks = new Int32Array(BATCH_SAMPLES);
  times = new Float64Array(BATCH_SAMPLES);
  values = new Float64Array(BATCH_SAMPLES);
  texts = Buffer.alloc(0);

  add(track: TrackId, time: number, value: number): void {
    if (this.length === this.tracks.length) this.#grow();
    const at = this.length++;
    this.tracks[at] = track;
    this.times[at] = time;
    this.values[at] = value;
  }

  addText(track: TrackId, time: number, text: string): void {
    const length = Buffer.byteLength(text);
    const at = this.textBytes;
    if (at + 4 + length > this.texts.length) this.#growTexts(at + 4 + length);
    this.texts.writeUInt32LE(length, at);
    this.texts.write(text, at + 4, 'utf8');
    this.textBytes = at + 4 + length;
    this.add(~track, time, at);
  }

  /** Whether it has grown so much that it is better not kept for another request. */
  get isLarge(): boolean {
    return this.tracks.length > BATCH_SAMPLES || this.texts.length > TEXT_BYTES_KEPT;
  }

  /** Forgets what was added after a moment when it held this much. */
  cut({ length, textBytes }: { readonly length: number; readonly textBytes: number }): void {
    this.length = length;
    this.textBytes = textBytes;
  }

  #grow(): void {
    const larger = <A extends Int32Array | Float64Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.tracks = larger(this.tracks, new Int32Array(2 * this.tracks.length));
    this.times = larger(this.times, new Float64Array(2 * this.times.length));
    this.values = larger(this.values, new Float64Array(2 * this.values.length));
  }

  #growTexts(needed: number): void {
    const larger = Buffer.alloc(Math.max(needed, 2 * this.texts.length));
    larger.set(this.texts);
    this.texts = larger;
  }
}
