// What stands in buckets without samples: one point per bucket of the range, in the order of the query.

import type { Fill } from './ast.ts';
import type { Picked } from './functions/accumulator.ts';
import type { FieldType, SampleValue } from './store.ts';
import type { Window } from './window.ts';

/** What a call gives at a moment; null where a bucket was filled in with nothing. */
export type Point = {
  readonly time: number;
  readonly value: SampleValue | null;
  /** The sample that a selector took. */
  readonly sample?: Picked;
};

export type Gaps = {
  readonly fill: Fill;
  readonly type: FieldType;
  readonly window: Window;
  /** Ends of the range; undefined where it has none: then buckets begin at the first point, or end at the last. */
  readonly from: number | undefined;
  readonly to: number;
  readonly descending: boolean;
};

/** `points` in the order of the query, one per bucket at most; none where there are none. */
export function fillGaps(points: readonly Point[], gaps: Gaps, onBucket: () => void): Point[] {
  const [first] = points;
  if (first === undefined) return [];
  const { window, descending } = gaps;
  const lowest = gaps.from === undefined ? undefined : window.startOf(gaps.from);
  const highest = window.startOf(gaps.to);
  const isInside = (start: number) => (descending ? lowest !== undefined && start >= lowest : start <= highest);
  const filled: Point[] = [];
  let start = descending ? highest : (lowest ?? window.startOf(first.time));
  let zone = window.zoneAt(start);
  let previous: Point | undefined;
  for (let i = 0; i < points.length || isInside(start); ) {
    const next = points[i];
    if (next === undefined || (descending ? next.time < start : next.time > start)) {
      onBucket();
      filled.push({ time: start, value: filledIn(gaps, start, previous, next) });
    } else {
      filled.push(next);
      previous = next;
      i++;
    }
    ({ start, zone } = window.step(start, descending, zone));
  }
  return filled;
}

function filledIn(
  { fill, type, window }: Gaps,
  time: number,
  previous: Point | undefined,
  next: Point | undefined,
): SampleValue | null {
  switch (fill.kind) {
    case 'value':
      return fillValue(fill.value, type);
    case 'previous':
      return previous?.value ?? null;
    case 'linear':
      return next === undefined || previous === undefined ? null : onLine(time, previous, next, { type, window });
    default:
      return null;
  }
}

/** A number as that type has it, as InfluxDB fills: what is no number is filled with nothing of its kind. */
export function fillValue(value: number, type: FieldType): SampleValue {
  if (type === 'float') return value;
  if (type === 'integer') return Math.trunc(value);
  return type === 'string' ? '' : false;
}

/**
 * What a row shows of that type where there is nothing: undefined for what the row before showed. A text or a boolean is
 * shown as the number all the same.
 */
export function gapOf(fill: Fill, type: FieldType | undefined): SampleValue | null | undefined {
  if (fill.kind === 'previous') return undefined;
  if (fill.kind !== 'value') return null;
  return type === 'integer' ? Math.trunc(fill.value) : fill.value;
}

/** Counted in whole buckets, as InfluxDB does it. */
function onLine(
  time: number,
  previous: Point,
  next: Point,
  { type, window }: { readonly type: FieldType; readonly window: Window },
): SampleValue | null {
  if (type === 'string' || type === 'boolean') return null;
  const bucketOf = (us: number) => Math.trunc(us / window.intervalUs);
  const steps = bucketOf(next.time) - bucketOf(previous.time);
  const slope = (Number(next.value) - Number(previous.value)) / steps;
  const value = slope * (bucketOf(time) - bucketOf(previous.time)) + Number(previous.value);
  return type === 'integer' ? Math.trunc(value) : value;
}
