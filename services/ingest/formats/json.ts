// JSON from any device. One object, its keys the metrics: {"temperature": 21.4, "running": true}, with these keys apart:
//   ts, time, timestamp   when it was measured (see timestamp.ts)
//   q, quality            of the whole object: 0, 1, 2 or good, uncertain, bad
//   hist                  true: history, to be stored and never alarmed on
// Where the topic names the metric, the object holds it as `value`: {"ts": …, "value": 21.4}. Our own envelope is told
// apart by its `v` and `r`. Objects inside objects are not metrics and are refused one by one.

import { isPlainObject } from '#domain/plain-object.ts';
import { decodeQuality, QUALITIES, type Quality } from '#domain/quality.ts';
import type { Refusal } from '#domain/rejected.ts';
import { type Decoded, type Format, type RawMetric, refused } from '../record.ts';
import { decodeEnvelope, isEnvelope } from './envelope.ts';
import { describeValue, parseJsonText } from './json-text.ts';
import { readMetrics } from './metrics.ts';
import { readTimestamp, TIMESTAMP_HINT } from './timestamp.ts';

const TIME_KEYS = ['ts', 'time', 'timestamp'];
const QUALITY_KEYS = ['q', 'quality'];
const NO_QUALITIES: ReadonlyMap<string, Quality> = new Map();

export const jsonFormat: Format = {
  decode(payload, { metric }) {
    const parsed = parseJsonText(payload);
    if (!('value' in parsed)) return refused(parsed.reason, parsed.message);
    const { value } = parsed;
    if (isEnvelope(value)) return decodeEnvelope(value);
    if (metric !== null) {
      if (!isPlainObject(value)) return decodeFields({}, { [metric]: value });
      return decodeFields(value, { [metric]: value.value ?? null });
    }
    if (!isPlainObject(value)) {
      return refused(
        'shape',
        `the payload is ${describeValue(value)}, which names no metric; send an object such as {"temperature": 21.4}`,
      );
    }
    return decodeFields(value, withoutAside(value));
  },
};

/** The metrics of a flat object: all but `hist` and the first key that says its time, and the first its quality. */
function withoutAside(object: Record<string, unknown>): Record<string, unknown> {
  const { hist: _, ...metrics } = object;
  const { timeKey, qualityKey } = asideKeys(object);
  if (timeKey !== undefined) delete metrics[timeKey];
  if (qualityKey !== undefined) delete metrics[qualityKey];
  return metrics;
}

function asideKeys(object: Record<string, unknown>): { timeKey: string | undefined; qualityKey: string | undefined } {
  const first = (keys: readonly string[]) => keys.find((key) => Object.hasOwn(object, key));
  return { timeKey: first(TIME_KEYS), qualityKey: first(QUALITY_KEYS) };
}

/** `aside` tells time, quality and history of `fields`; kept apart, so that a topic may name a metric `quality` or `time`. */
function decodeFields(aside: Record<string, unknown>, fields: Record<string, unknown>): Decoded {
  const { timeKey, qualityKey } = asideKeys(aside);
  const measuredAt = timeKey === undefined ? null : readTimestamp(aside[timeKey]);
  if (measuredAt === undefined) {
    return refused('time', `'${timeKey}' is ${describeValue(aside[timeKey ?? ''])}; ${TIMESTAMP_HINT}`);
  }
  const quality = qualityKey === undefined ? 'good' : readQuality(aside[qualityKey]);
  if (quality === undefined) {
    return refused(
      'shape',
      `'${qualityKey}' is ${describeValue(aside[qualityKey ?? ''])}; quality is 0, 1, 2 or ${QUALITIES.join(', ')}`,
    );
  }
  const metrics: RawMetric[] = [];
  const refusals: Refusal[] = [];
  readMetrics(fields, '', NO_QUALITIES, metrics, refusals);
  if (metrics.length === 0 && refusals.length === 0) return refused('shape', 'the object holds no metric');
  const rated =
    quality === 'good' ? metrics : metrics.map((each) => ({ ...each, quality: each.value === null ? 'bad' : quality }));
  const isWhole = refusals.length === 0;
  return {
    records: [{ measuredAt, sequence: null, isHistory: aside.hist === true, isWhole, metrics: rated }],
    refusals,
  };
}

function readQuality(value: unknown): Quality | undefined {
  return typeof value === 'number' ? decodeQuality(value) : QUALITIES.find((each) => each === value);
}
