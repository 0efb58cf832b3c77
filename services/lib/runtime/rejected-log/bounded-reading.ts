// A part of what is kept, for whoever asks over HTTP: a reading ends by itself when it has cost enough, and says how far it came, so
// that the next goes on from there.

import type { Place } from '../segment-log/record.ts';
import type { RejectingService } from './layout.ts';
import { type KeptRejection, type ReadingOptions, readRejected } from './read-rejected.ts';
import { formatReached } from './rejection-id.ts';
import { isSelected, type Selection, servicesOf } from './select-rejected.ts';

/** Looked at in one reading, selected or not; a small rejection counts as RECORD_BYTES_MIN, for what it costs to parse. */
export const READING_BYTES_MAX = 64 * 1_048_576;
const RECORD_BYTES_MIN = 1_024;

export type BoundedOptions = Pick<ReadingOptions, 'order' | 'beyond'> & {
  readonly selection: Selection;
  /** READING_BYTES_MAX where left out. */
  readonly bytesMax?: number;
};

/** Those that are selected; for one loop. A payload must not outlive its turn of the loop without being copied. */
export class BoundedReading implements AsyncIterable<KeptRejection> {
  /** Of the one that was looked at last; undefined before the first. */
  reachedAt: number | undefined;
  /** Nothing lies beyond what was looked at. */
  isWhole = false;
  readonly #dataDir: string;
  readonly #options: BoundedOptions;
  readonly #reached: Map<RejectingService, Place>;

  constructor(dataDir: string, options: BoundedOptions) {
    this.#dataDir = dataDir;
    this.#options = options;
    this.#reached = new Map(options.beyond);
  }

  /** Where the next reading goes on; null where there is nothing more. */
  get next(): string | null {
    return this.isWhole ? null : formatReached(this.#reached);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KeptRejection> {
    const { selection, bytesMax = READING_BYTES_MAX, ...options } = this.#options;
    let bytes = 0;
    for await (const each of readRejected(this.#dataDir, { ...options, ...servicesOf(selection) })) {
      if (bytes >= bytesMax) return;
      bytes += Math.max(RECORD_BYTES_MIN, each.payload.length);
      this.#reached.set(each.service, each.place);
      this.reachedAt = each.receivedAt;
      if (isSelected(each, selection)) yield each;
    }
    this.isWhole = true;
  }
}
