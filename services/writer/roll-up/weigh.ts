// Roll-ups of a series that is thinned: what the points kept say of the time between them, weighed by that time, since a mean of
// the points alone would count a calm hour as little as a moment. Between two points no further apart than `atLeastEvery` the
// value is known: on the line between them where a swinging door has chosen them and both are good, else it is the first one's.
// `count` is then seconds. Where nothing is known but single points, they count as points do. Pure.

import type { Value } from '#domain/point.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import type { Rows } from '../influx.ts';
import { MINUTE_MS } from './hour.ts';
import type { Span } from './statement.ts';

/** A point as the store has it; null: the device had no value. */
type Sample = { readonly at: number; readonly value: Value | null; readonly isGood: boolean };

/** A stretch of known time inside one minute, from its first value to its last; of no length where it is a single point. */
type Stretch = { readonly ms: number; readonly first: Value; readonly last: Value };

const COLUMNS = ['time', 'min', 'max', 'sum', 'count', 'first', 'last', 'flagCount', 'flagFirst', 'flagLast'] as const;
const TEXT_COLUMNS = ['textCount', 'textFirst', 'textLast'] as const;

/** Minutes from..to (excluded) of a series, as the store would have answered for them; from its points, some time around included. */
export function weigh(points: Rows, thinning: Thinning, { from, to }: Span): Rows {
  const samples = points.values.map((row) => readSample(points, row)).sort((a, b) => a.at - b.at);
  const minutes = new Map<number, Stretch[]>();
  for (const [i, sample] of samples.entries()) {
    for (const { at, ...stretch } of stretchesFrom(sample, samples[i + 1], thinning)) {
      if (at < from || at >= to) continue;
      const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
      const known = minutes.get(minute) ?? [];
      minutes.set(minute, known);
      known.push(stretch);
    }
  }
  const values = [...minutes].map(([at, stretches]) => [at, ...statisticsOf(stretches)]);
  return { tags: points.tags, columns: [...COLUMNS, ...TEXT_COLUMNS], values };
}

function readSample({ columns }: Rows, row: readonly unknown[]): Sample {
  const valueIn = (column: string) => row[columns.indexOf(column)] ?? null;
  const value = (valueIn('value') ?? valueIn('flag') ?? valueIn('text')) as Value | null;
  return { at: Number(valueIn('time')), value, isGood: valueIn('q') === null };
}

/** What is known from a point to the next, cut at minutes; the point itself comes first, without any length. */
function* stretchesFrom(
  sample: Sample,
  next: Sample | undefined,
  { kind, atLeastEveryMs }: Thinning,
): Iterable<Stretch & { readonly at: number }> {
  const { at, value } = sample;
  if (value === null) return;
  yield { at, ms: 0, first: value, last: value };
  if (next === undefined || next.at - at > atLeastEveryMs) return;
  const isLine = kind === 'swingingDoor' && sample.isGood && next.isGood;
  const valueAt = (moment: number): Value =>
    isLine && typeof value === 'number' && typeof next.value === 'number'
      ? value + ((next.value - value) * (moment - at)) / (next.at - at)
      : value;
  for (let start = at; start < next.at; ) {
    const end = Math.min(next.at, (Math.floor(start / MINUTE_MS) + 1) * MINUTE_MS);
    yield { at: start, ms: end - start, first: valueAt(start), last: valueAt(end) };
    start = end;
  }
}

/** In the order of the columns behind the time. */
function statisticsOf(stretches: readonly Stretch[]): unknown[] {
  const known = stretches.reduce((sum, { ms }) => sum + ms, 0);
  const count = known > 0 ? Math.max(1, Math.round(known / 1_000)) : stretches.length;
  const first = stretches[0]?.first;
  const last = stretches.at(-1)?.last;
  const none = [null, null, null];
  if (typeof first === 'boolean') return [...none, ...none, count, first, last, ...none];
  if (typeof first === 'string') return [...none, ...none, ...none, count, first, last];
  let [min, max, mean] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const each of stretches) {
    const [from, to] = [Number(each.first), Number(each.last)];
    min = Math.min(min, from, to);
    max = Math.max(max, from, to);
    mean += ((from + to) / 2) * (known > 0 ? each.ms / known : 1 / stretches.length);
  }
  return [min, max, mean * count, count, first, last, ...none, ...none];
}
