// From what a device said to points: names and types checked against its model, quality lowered where a value or a clock
// cannot be right. A doubtful value is kept and marked, never thrown away; what cannot be a point is refused with a reason.

import type { SeriesTable } from '#domain/batch.ts';
import { isMetricName, METRIC_HINT } from '#domain/name.ts';
import type { Point } from '#domain/point.ts';
import { type Quality, worseQuality } from '#domain/quality.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { DeviceName } from '#domain/topic.ts';
import { didYouMean } from '#runtime/json-file.ts';
import type { DeviceModel, MetricModel } from '#runtime/plant-files.ts';
import { describeValue } from './formats/json-text.ts';
import type { RawMetric, RawRecord } from './record.ts';

/** Further ahead than this a clock is wrong: the point gets the time of its arrival and quality bad. */
const FUTURE_SKEW_MS_MAX = 5_000;
/** Before this a device's clock was never set (2015-01-01, before any device of ours existed). */
const CLOCK_SET_AFTER = 1_420_070_400_000;

export type Sender = DeviceName & { readonly model: DeviceModel | null };

/** Points of one record to `points`, what cannot be one to `refusals`. */
export function normaliseRecord(
  record: RawRecord,
  sender: Sender,
  { table, now, points, refusals }: { table: SeriesTable; now: number; points: Point[]; refusals: Refusal[] },
): void {
  const claimed = record.measuredAt ?? now;
  const isClockWrong = claimed > now + FUTURE_SKEW_MS_MAX || claimed < CLOCK_SET_AFTER;
  const measuredAt = isClockWrong ? now : claimed;
  for (const raw of record.metrics) {
    const checked = checkMetric(raw, sender);
    if (typeof checked !== 'string') {
      refusals.push(checked);
      continue;
    }
    points.push({
      series: table.of({ site: sender.site, area: sender.area, device: sender.device, metric: raw.metric }),
      value: raw.value,
      quality: isClockWrong ? 'bad' : checked,
      measuredAt,
      late: record.isHistory,
    });
  }
}

/** The quality that the metric deserves, or why it is no metric of this device. */
function checkMetric(raw: RawMetric, { device, model }: Sender): Quality | Refusal {
  if (!isMetricName(raw.metric)) {
    return {
      reason: 'metric',
      message: `'${raw.metric.slice(0, 80)}' cannot be a metric's name: it must be ${METRIC_HINT}`,
    };
  }
  if (typeof raw.value === 'number' && !Number.isFinite(raw.value)) {
    return { reason: 'type', message: `${raw.metric} is beyond what a number can hold` };
  }
  if (model === null) return raw.quality;
  const metric = model.metrics.get(raw.metric);
  if (metric === undefined) {
    const known = [...model.metrics.keys()];
    const hint = didYouMean(raw.metric, known) || `; it has ${known.join(', ')}`;
    return { reason: 'metric', message: `model ${model.model} of ${device} has no metric '${raw.metric}'${hint}` };
  }
  if (raw.value === null) return 'bad';
  const type = typeof raw.value === 'string' ? 'text' : typeof raw.value;
  if (type !== metric.type) {
    const message = `${raw.metric} of ${device} is ${describeValue(raw.value)}; model ${model.model} says it is a ${metric.type}${metric.unit === undefined ? '' : ` in ${metric.unit}`}`;
    return { reason: 'type', message };
  }
  return isInRange(raw.value, metric) ? raw.quality : worseQuality(raw.quality, 'bad');
}

function isInRange(value: RawMetric['value'], { min, max }: MetricModel): boolean {
  if (typeof value !== 'number') return true;
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}
