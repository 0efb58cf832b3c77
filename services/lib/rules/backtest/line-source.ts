// History from line protocol, as a recording or an export has it: read as a stream, decoded by the decoder that the services
// use, put in order of time within a bounded hold. Memory does not grow with the file.

import { type BatchError, decodeBatch, SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import { LineCutter } from './line-cutter.ts';
import { noCounts, type PointSource, type Range } from './point-source.ts';
import { TimeOrder } from './time-order.ts';

/** How late a sample may come and still count (rules/README.md); a recording in order of arrival is that far out of order. */
export const HOLD_MS_DEFAULT = 10_000;

export type LineSourceOptions = {
  readonly range: Range;
  readonly holdMs?: number;
};

/** From pieces of text, cut anywhere. What the stream throws is thrown. */
export function lineSource(texts: AsyncIterable<string>, { range, holdMs }: LineSourceOptions): PointSource {
  const counts = noCounts();
  const table = new SeriesTable();
  const order = new TimeOrder(holdMs ?? HOLD_MS_DEFAULT);
  const onPoint = (point: Point) => {
    // A clock far in the future must not make everything after it too late.
    if (point.measuredAt >= range.from && point.measuredAt < range.to) order.add(point);
    else counts.outside++;
  };
  const onError = ({ line, reason }: BatchError) => {
    if (line.trimStart().startsWith('#')) return;
    counts.unreadable++;
    counts.firstUnreadable ??= `${reason}: ${line.slice(0, 120)}`;
  };
  async function* batches(): AsyncIterable<readonly Point[]> {
    const cutter = new LineCutter();
    for await (const text of texts) {
      decodeBatch(cutter.add(text), table, onPoint, onError);
      const ready = order.take();
      if (ready.length > 0) yield ready;
    }
    decodeBatch(cutter.end(), table, onPoint, onError);
    counts.tooLate = order.tooLate;
    yield order.end();
  }
  return { batches, counts };
}
