// A track's samples in one generation, as a run.

import type { FieldType, Page, SampleValue } from '../../influxql/store.ts';
import type { TrackId } from '../catalogue/catalogue.ts';
import { integerOf } from '../chunk/chunk.ts';
import type { Generation } from './generation.ts';
import { EMPTY, merge, pack } from './runs.ts';

export type TrackScan = {
  readonly from: number;
  readonly to: number;
  /** Only the newest so many are wanted; more may come. */
  readonly newest?: number;
};

export function readTrack(
  generation: Generation,
  { id, type }: { readonly id: TrackId; readonly type: FieldType },
  { from, to, newest }: TrackScan,
): Page {
  const { ordered, late } = generation.places(id, from, to, newest);
  const run = runOf(generation, ordered, type);
  if (late.length === 0) return run;
  // Newest first, so the first one of a moment is the one that counts.
  const byTime = new Map<number, number>();
  for (const place of late) {
    const time = generation.timeAt(place);
    if (!byTime.has(time)) byTime.set(time, place);
  }
  const places = [...byTime].sort(([a], [b]) => b - a).map(([, place]) => place);
  return merge(run, runOf(generation, places, type));
}

/** Places newest first. */
function runOf(generation: Generation, places: readonly number[], type: FieldType): Page {
  const { length } = places;
  if (length === 0) return EMPTY;
  const times = new Float64Array(length);
  for (let i = 0; i < length; i++) times[i] = generation.timeAt(places[length - 1 - i] as number);
  if (type === 'float') {
    const values = new Float64Array(length);
    for (let i = 0; i < length; i++) values[i] = generation.numberAt(places[length - 1 - i] as number);
    return { times, values };
  }
  const values = places.map((place) => valueAt(generation, place, type)).reverse();
  return { times, values: pack(values, type) };
}

export function valueAt(generation: Generation, place: number, type: FieldType): SampleValue {
  const text = generation.textAt(place);
  if (text !== undefined) return type === 'integer' ? integerOf(text) : text;
  const number = generation.numberAt(place);
  return type === 'boolean' ? number === 1 : number;
}
