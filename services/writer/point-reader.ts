// What the writer looks at in the points that the store has taken: where and when they were measured, and nothing else.

import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import type { Series } from '#domain/series.ts';

/** Series that are recognised without being read in full; more than that only costs time. */
const SERIES_KNOWN_MAX = 20_000;

export class PointReader {
  readonly #series = new SeriesTable(SERIES_KNOWN_MAX);
  #newestAt: number | undefined;

  /** Every point of a batch to `onPoint`; what is none, such as an entry of the alarm journal, is passed over. */
  read(text: string, onPoint: (series: Series, measuredAt: number) => void): void {
    decodeBatch(
      text,
      this.#series,
      ({ series, measuredAt }) => {
        if (this.#newestAt === undefined || measuredAt > this.#newestAt) this.#newestAt = measuredAt;
        onPoint(series, measuredAt);
      },
      () => {},
    );
  }

  /** Time of the newest point so far. */
  get newestAt(): number | undefined {
    return this.#newestAt;
  }
}
