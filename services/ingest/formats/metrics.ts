// Members of a JSON object to metrics: shared by the envelope and by JSON of any device. Objects and lists inside become
// metrics of their own, named by the way to them with dots between: {"energy": {"power": [230, 0]}} is energy.power.0 and
// energy.power.1. Whether a name can be a metric's is asked later, when it is ours.

import type { Quality } from '#domain/quality.ts';
import type { Refusal } from '#domain/rejected.ts';
import { METRICS_MAX, type RawMetric, TEXT_CHARS_MAX } from '../record.ts';
import { describeValue } from './json-text.ts';

/** Deeper than any device nests, and far above where a recursion runs out of stack. */
const DEPTH_MAX = 16;

export type ReadMetrics = {
  /** Where the object stands in the payload, for the sentences; '' for the payload itself. */
  readonly place: string;
  readonly qualities: ReadonlyMap<string, Quality>;
  readonly metrics: RawMetric[];
  readonly refusals: Refusal[];
};

/** Good members to `metrics`, bad ones to `refusals`; those of `aside` are none. */
export function readMetrics(
  object: Readonly<Record<string, unknown>>,
  into: ReadMetrics,
  aside: readonly string[] = [],
): void {
  for (const key of Object.keys(object)) {
    if (!aside.includes(key)) readMember(key, object[key], into, 1);
  }
}

function readMember(name: string, value: unknown, into: ReadMetrics, depth: number): void {
  const { qualities, metrics, refusals } = into;
  if (typeof value === 'object' && value !== null) {
    readInside(name, value, into, depth);
  } else if (metrics.length >= METRICS_MAX) {
    const isFirst = !refusals.some(({ reason }) => reason === 'size');
    if (isFirst)
      refusals.push({ reason: 'size', message: `a record holds at most ${METRICS_MAX} metrics; the others are left` });
  } else if (typeof value === 'string' && value.length > TEXT_CHARS_MAX) {
    refusals.push({
      reason: 'type',
      message: `'${placeOf(into, name)}' is a text of ${value.length} characters; at most ${TEXT_CHARS_MAX} are kept`,
      place: placeOf(into, name),
    });
  } else if (value === null) metrics.push({ metric: name, value: null, quality: 'bad' });
  else {
    const quality = qualities.size === 0 ? 'good' : (qualities.get(name) ?? 'good');
    metrics.push({ metric: name, value: value as number | boolean | string, quality });
  }
}

function readInside(name: string, value: object, into: ReadMetrics, depth: number): void {
  if (depth === DEPTH_MAX) {
    const message = `'${placeOf(into, name)}' is ${describeValue(value)} within ${DEPTH_MAX} others; that is too deep`;
    into.refusals.push({ reason: 'shape', message, place: placeOf(into, name) });
    return;
  }
  for (const key of Object.keys(value)) {
    readMember(`${name}.${key}`, (value as Record<string, unknown>)[key], into, depth + 1);
  }
}

function placeOf({ place }: ReadMetrics, name: string): string {
  return `${place === '' ? '' : `${place}.`}${name.slice(0, 64)}`;
}
