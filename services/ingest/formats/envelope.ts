// Our own envelope, as the firmware sends it:
// {"v":1,"b":17,"r":[{"n":1204,"ts":1795355425172,"m":{"temperature":21.37},"q":{"temperature":1}}]}
// b: boot id. n: running number of the record. ts: ms UTC. m: metrics. q: quality where not good (1 uncertain, 2 bad).
// hist: true marks a record as history.

import { isPlainObject } from '#domain/plain-object.ts';
import { decodeQuality, type Quality } from '#domain/quality.ts';
import type { Refusal } from '#domain/rejected.ts';
import { type Decoded, type RawMetric, type RawRecord, RECORDS_MAX, refused } from '../record.ts';
import { describeValue } from './json-text.ts';
import { readMetrics } from './metrics.ts';

export function isEnvelope(value: unknown): value is Record<string, unknown> {
  return isPlainObject(value) && Array.isArray(value.r) && typeof value.v === 'number';
}

export function decodeEnvelope(envelope: Record<string, unknown>): Decoded {
  const { v, b, r } = envelope;
  if (v !== 1) return refused('shape', `envelope version v is ${describeValue(v)}; this release reads version 1`, 'v');
  if (!isCount(b))
    return refused('shape', `the boot id b is ${describeValue(b)}; it must be a whole number from 0`, 'b');
  const items = r as readonly unknown[];
  if (items.length > RECORDS_MAX)
    return refused('size', `r holds ${items.length} records; at most ${RECORDS_MAX} fit`, 'r');
  const records: RawRecord[] = [];
  const refusals: Refusal[] = [];
  for (const [i, item] of items.entries()) {
    const problem = decodeRecord(item, b, `r[${i}]`, records, refusals);
    if (problem !== undefined) refusals.push(problem);
  }
  return { records, refusals };
}

function decodeRecord(
  item: unknown,
  boot: number,
  place: string,
  records: RawRecord[],
  refusals: Refusal[],
): Refusal | undefined {
  if (!isPlainObject(item))
    return { reason: 'shape', message: `${place} is ${describeValue(item)}; a record is an object`, place };
  const { n, ts, m, q, hist } = item;
  if (!isCount(n))
    return {
      reason: 'shape',
      message: `${place}.n is ${describeValue(n)}; it must be a whole number from 0`,
      place: `${place}.n`,
    };
  if (ts !== undefined && !isCount(ts)) {
    return {
      reason: 'time',
      message: `${place}.ts is ${describeValue(ts)}; it must be whole milliseconds since 1970, UTC`,
      place: `${place}.ts`,
    };
  }
  if (!isPlainObject(m))
    return {
      reason: 'shape',
      message: `${place}.m is ${describeValue(m)}; it must map metrics to values`,
      place: `${place}.m`,
    };
  const qualities = readQualities(q, place);
  if (!(qualities instanceof Map)) return qualities;
  const metrics: RawMetric[] = [];
  const refusedBefore = refusals.length;
  readMetrics(m, { place: `${place}.m`, qualities, metrics, refusals });
  const isWhole = refusals.length === refusedBefore;
  const isHistory = hist === true;
  const where = `${place}.m`;
  records.push({ measuredAt: ts ?? null, sequence: { boot, n }, isHistory, isWhole, metrics, where, isMembers: true });
  return undefined;
}

function readQualities(q: unknown, place: string): Map<string, Quality> | Refusal {
  const qualities = new Map<string, Quality>();
  if (q === undefined) return qualities;
  if (!isPlainObject(q))
    return {
      reason: 'shape',
      message: `${place}.q is ${describeValue(q)}; it must map metrics to 0, 1 or 2`,
      place: `${place}.q`,
    };
  for (const [metric, code] of Object.entries(q)) {
    const quality = typeof code === 'number' ? decodeQuality(code) : undefined;
    if (quality === undefined) {
      return {
        reason: 'shape',
        message: `${place}.q of '${metric.slice(0, 64)}' is ${describeValue(code)}; quality is 0, 1 or 2`,
        place: `${place}.q.${metric.slice(0, 64)}`,
      };
    }
    qualities.set(metric, quality);
  }
  return qualities;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
