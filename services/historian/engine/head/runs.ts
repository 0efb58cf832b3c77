// Runs of samples: each moment once, ascending. Several of them over the same track become one; a later write wins.

import type { FieldType, Page, SampleValue } from '../../influxql/store.ts';

export const EMPTY: Page = { times: new Float64Array(0), values: new Float64Array(0) };

/** Those from and to, both inclusive; views where that is possible. */
export function slice({ times, values }: Page, from: number, to: number): Page {
  const start = lowerBound(times, from);
  const end = upperBound(times, to);
  if (start === 0 && end === times.length) return { times, values };
  const part = values instanceof Float64Array ? values.subarray(start, end) : values.slice(start, end);
  return { times: times.subarray(start, end), values: part };
}

/** Index of the first moment that is not before `time`. */
export function lowerBound(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first moment that is after `time`. */
export function upperBound(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Both together; where both have a moment, `newer` has the say. */
export function merge(older: Page, newer: Page): Page {
  const a = older.times.length;
  const b = newer.times.length;
  if (a === 0) return newer;
  if (b === 0) return older;
  const times = new Float64Array(a + b);
  const values = valuesFor(older.values, newer.values, a + b);
  let i = 0;
  let j = 0;
  let count = 0;
  while (i < a || j < b) {
    const before = i < a ? (older.times[i] as number) : Number.POSITIVE_INFINITY;
    const after = j < b ? (newer.times[j] as number) : Number.POSITIVE_INFINITY;
    if (before < after) {
      times[count] = before;
      values[count++] = older.values[i++] as never;
    } else {
      if (before === after) i++;
      times[count] = after;
      values[count++] = newer.values[j++] as never;
    }
  }
  return count === a + b ? { times, values } : first({ times, values }, count);
}

function first({ times, values }: Page, count: number): Page {
  const part = values instanceof Float64Array ? values.subarray(0, count) : values.slice(0, count);
  return { times: times.subarray(0, count), values: part };
}

function valuesFor(a: Page['values'], b: Page['values'], length: number): Float64Array | SampleValue[] {
  return a instanceof Float64Array && b instanceof Float64Array ? new Float64Array(length) : new Array(length);
}

/** As a page holds values of a type: see Page. */
export function pack(values: readonly SampleValue[], type: FieldType): Page['values'] {
  const isNumbers = type === 'float' || (type === 'integer' && values.every((value) => typeof value === 'number'));
  return isNumbers ? Float64Array.from(values as readonly number[]) : values;
}
