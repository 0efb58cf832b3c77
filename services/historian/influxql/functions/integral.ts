// The area under the straight lines between samples, in value times unit; a line that crosses a bucket's bound is parted
// there.

import type { Sample, TransformParameters } from './transforms.ts';

export function integralOf(samples: readonly Sample[], parameters: TransformParameters): Sample[] {
  const areas: Sample[] = [];
  let bucket: Bucket | undefined;
  let area = 0;
  let before: { time: number; value: number } | undefined;
  for (const { time, value } of samples) {
    const now = { time, value: Number(value) };
    bucket ??= bucketAt(time, parameters);
    if (before === undefined || before.time === time) {
      before = now;
      continue;
    }
    if (parameters.descending ? time <= bucket.end : time >= bucket.end) {
      const crossed = { time: bucket.end, value: valueAt(bucket.end, before, now) };
      if (before.time !== bucket.end) {
        area += areaBetween(before, crossed, parameters);
        before = crossed;
      }
      areas.push({ time: bucket.start, value: area });
      bucket = bucketAt(time, parameters);
      area = 0;
    }
    area += areaBetween(before, now, parameters);
    before = now;
  }
  // A last sample on the bound of its bucket has no area in it yet.
  if (bucket !== undefined && before?.time !== bucket.start) areas.push({ time: bucket.start, value: area });
  return areas;
}

/** In the order of the query: descending, a bucket is entered at its upper bound. */
type Bucket = { readonly start: number; readonly end: number };

function bucketAt(time: number, { window, descending, rangeStart }: TransformParameters): Bucket {
  if (window === undefined) {
    return { start: rangeStart, end: descending ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY };
  }
  window.seek(time);
  return descending ? { start: window.end, end: window.start } : { start: window.start, end: window.end };
}

type Place = { readonly time: number; readonly value: number };

function valueAt(time: number, before: Place, now: Place): number {
  const slope = (now.value - before.value) / (now.time - before.time);
  return slope * (time - before.time) + before.value;
}

function areaBetween(before: Place, now: Place, { unitNs }: TransformParameters): number {
  return 0.5 * (now.value + before.value) * (((now.time - before.time) * 1_000) / unitNs);
}
