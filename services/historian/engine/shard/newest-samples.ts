// The newest sample of each track that was asked for, by the file that holds it, at hand as long as nobody writes to that
// file. What a dashboard shows of a whole plant is just these: found anew, each would be a look into a tree of chunks.

import type { SampleValue } from '../../influxql/store.ts';
import type { TrackId } from '../catalogue/catalogue.ts';

export type Sample = { readonly time: number; readonly value: SampleValue };

/** Over all files: some 20 MB. Beyond, all are forgotten and found anew. */
const KEPT_MAX = 200_000;

/** A longer text is read from its chunk each time. */
const TEXT_LENGTH_MAX = 64;

export class NewestSamples {
  readonly #byFile = new Map<object, Map<TrackId, Sample | undefined>>();
  #kept = 0;

  /** That of a track in a file; `find` finds it where it is not known. Undefined where the file has none. */
  of(file: object, track: TrackId, find: () => Sample | undefined): Sample | undefined {
    const known = this.#byFile.get(file);
    const sample = known?.get(track);
    if (sample !== undefined || known?.has(track) === true) return sample;
    const found = find();
    if (typeof found?.value !== 'string' || found.value.length <= TEXT_LENGTH_MAX) this.#keep(file, track, found);
    return found;
  }

  #keep(file: object, track: TrackId, sample: Sample | undefined): void {
    if (this.#kept >= KEPT_MAX) {
      this.#byFile.clear();
      this.#kept = 0;
    }
    let known = this.#byFile.get(file);
    if (known === undefined) {
      known = new Map();
      this.#byFile.set(file, known);
    }
    known.set(track, sample);
    this.#kept++;
  }

  /** All of a file. */
  forget(file: object): void {
    this.#kept -= this.#byFile.get(file)?.size ?? 0;
    this.#byFile.delete(file);
  }
}
