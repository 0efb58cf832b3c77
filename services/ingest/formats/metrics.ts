// Name and value pairs of a JSON object to metrics: shared by the envelope and by flat JSON.

import { isMetricName, METRIC_HINT } from '#domain/name.ts';
import type { Quality } from '#domain/quality.ts';
import type { Refusal } from '#domain/rejected.ts';
import { type RawMetric, TEXT_CHARS_MAX } from '../record.ts';
import { describeValue } from './json-text.ts';

/** Good pairs to `metrics`, bad ones to `refusals`. `place` is where the object stands in the payload, for the sentences. */
export function readMetrics(
  object: Record<string, unknown>,
  place: string,
  qualities: ReadonlyMap<string, Quality>,
  metrics: RawMetric[],
  refusals: Refusal[],
): void {
  for (const metric of Object.keys(object)) {
    const value = object[metric];
    const where = `${place === '' ? '' : `${place}.`}${metric.slice(0, 64)}`;
    if (!isMetricName(metric)) {
      refusals.push({ reason: 'metric', message: `'${where}' cannot be a metric's name: it must be ${METRIC_HINT}` });
    } else if (value === null) metrics.push({ metric, value: null, quality: 'bad' });
    else if (typeof value === 'number' || typeof value === 'boolean') {
      metrics.push({ metric, value, quality: qualities.get(metric) ?? 'good' });
    } else if (typeof value === 'string' && value.length <= TEXT_CHARS_MAX) {
      metrics.push({ metric, value, quality: qualities.get(metric) ?? 'good' });
    } else if (typeof value === 'string') {
      refusals.push({
        reason: 'type',
        message: `'${where}' is a text of ${value.length} characters; at most ${TEXT_CHARS_MAX} are kept`,
      });
    } else {
      refusals.push({
        reason: 'shape',
        message: `'${where}' is ${describeValue(value)}; a metric is a number, a boolean or a text`,
      });
    }
  }
}
