// The area under the straight lines between samples, in value times unit; a line that crosses a bucket's bound is parted
// there.

import type { Sample, Stepper, TransformParameters } from './transforms.ts';

export function integral(parameters: TransformParameters): Stepper {
  let bucket: Bucket | undefined;
  let before: Place | undefined;
  let area = 0;

  const advance = (now: Place) => {
    if (before !== undefined) area += areaBetween(before, now, parameters);
    before = now;
  };

  /** Ends the bucket at hand on the line from the sample before to this one. */
  const close = (now: Place, { start, end }: Bucket, last: Place): Sample => {
    if (last.time !== end) advance({ time: end, value: valueAt(end, last, now) });
    const whole = { time: start, value: area };
    area = 0;
    bucket = bucketAt(now.time, parameters);
    return whole;
  };

  return {
    next({ time, value }) {
      const now = { time, value: Number(value) };
      bucket ??= bucketAt(time, parameters);
      if (before === undefined || before.time === time) {
        before = now;
        return undefined;
      }
      const isBeyond = parameters.descending ? time <= bucket.end : time >= bucket.end;
      const whole = isBeyond ? close(now, bucket, before) : undefined;
      advance(now);
      return whole;
    },
    end() {
      // A last sample on the bound of its bucket has no area in it yet.
      return bucket === undefined || before?.time === bucket.start ? undefined : { time: bucket.start, value: area };
    },
  };
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
