// What a metric of a payload says: its value by its datatype, with its quality; or why it cannot be taken.

import type { Quality } from '#domain/quality.ts';
import { datatypeOf, otherDatatype, type Scalar } from './datatype.ts';
import type { Metric } from './payload.ts';

export type MetricValue = { readonly value: Scalar | null; readonly quality: Quality };

/** @param datatype of the metric itself or, where it leaves it out, of its birth */
export function readMetricValue(metric: Metric, datatype: number): MetricValue | { readonly problem: string } {
  const type = datatypeOf(datatype);
  if (type === undefined) {
    return { problem: `is ${otherDatatype(datatype)}; numbers, booleans and texts are taken` };
  }
  const quality = metric.properties?.quality ?? 'good';
  if (metric.isNull) return { value: null, quality: 'bad' };
  if (metric.value === null) return { problem: 'has no value and does not say that it is null' };
  const value = type.read(metric.value);
  if (value === undefined) return { problem: `is ${type.name} and its value is not: ${type.accepts} is one` };
  // What drivers of field buses send where there is no reading.
  return Number.isNaN(value) ? { value: null, quality: 'bad' } : { value, quality };
}
