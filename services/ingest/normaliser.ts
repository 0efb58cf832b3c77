// From what a device said to points: names and types checked against what is known of it, units converted, quality lowered
// where a value or a clock cannot be right. A doubtful value is kept and marked, never thrown away; what cannot be a point is
// refused with a reason; what the broker has already is not sent again.

import type { SeriesTable } from '#domain/batch.ts';
import { isMetricName, METRIC_HINT } from '#domain/name.ts';
import { ALLOWED_LATENESS_MS, type Point, type Value } from '#domain/point.ts';
import { type Quality, worseQuality } from '#domain/quality.ts';
import type { Refusal } from '#domain/rejected.ts';
import { converter } from '#rules/language/units.ts';
import { didYouMean } from '#runtime/json-file.ts';
import type { MetricModel } from '#runtime/plant-files.ts';
import type { KnownDevice, Seat } from './devices/known-device.ts';
import { knowledgeOf } from './devices/metric-knowledge.ts';
import type { DeviceRegistry } from './devices/registry.ts';
import { describeValue } from './formats/json-text.ts';
import { placed, type RawMetric, type RawRecord } from './record.ts';
import { converted } from './scaled.ts';

/** Further ahead than this a clock is wrong: the point gets the time of its arrival and quality bad. */
const FUTURE_SKEW_MS_MAX = 5_000;
/** Before this a device's clock was never set (2015-01-01, before any device of ours existed). */
const CLOCK_SET_AFTER = 1_420_070_400_000;

/** A point on its way, with the seat where it is noted once the broker has it. */
export type Seated = Point & { readonly seat: Seat };

export type Normalised = {
  readonly points: Seated[];
  readonly refusals: Refusal[];
  /** Those that the broker has already, and that are dropped. */
  repeats: number;
  /** Those that come later than the newest of their series by more than is allowed: rules take them for history. */
  late: number;
};

export type Normaliser = {
  readonly table: SeriesTable;
  readonly registry: Pick<DeviceRegistry, 'sit'>;
};

type Moment = {
  /** Arrival, ms since the epoch. */
  readonly now: number;
  /** It is none of the present, whatever its time. */
  readonly isHistory: boolean;
};

/** Points of one record to `points`, what cannot be one to `refusals`. */
export function normaliseRecord(
  record: RawRecord,
  device: KnownDevice,
  { table, registry, now, isHistory, into }: Normaliser & Moment & { readonly into: Normalised },
): void {
  const claimed = record.measuredAt ?? now;
  const isClockWrong = claimed > now + FUTURE_SKEW_MS_MAX || claimed < CLOCK_SET_AFTER;
  const hasTime = record.measuredAt !== null && !isClockWrong;
  for (const [i, raw] of record.metrics.entries()) {
    const seat = device.seatOf(raw.metric, i) ?? makeSeat(raw.metric, device, { table, registry });
    if ('reason' in seat) {
      into.refusals.push(placed(seat, record, raw));
      continue;
    }
    const value = checked(raw, seat, device);
    if (typeof value === 'object' && value !== null) {
      into.refusals.push(placed(value, record, raw));
      continue;
    }
    const quality = isClockWrong || value === null ? 'bad' : rated(value, raw.quality, seat);
    const measuredAt = hasTime ? claimed : timeOfArrival(seat, now);
    if (hasTime && isRepeat(seat, { at: measuredAt, value, quality })) {
      into.repeats++;
      continue;
    }
    if (measuredAt < seat.sure.at - ALLOWED_LATENESS_MS) into.late++;
    into.points.push({ series: seat.series, value, quality, measuredAt, late: isHistory, seat });
  }
}

/** So far ahead of its arrival a value is moved at most, so that a burst of them is kept, and a flood is not moved into the future. */
const MOVED_MS_MAX = 1_000;

/** The store keeps one value of a series for each moment: of those that come within one ms and have no time, each gets its own. */
function timeOfArrival({ given }: Seat, now: number): number {
  const isBurst = given.at >= now && given.at - now < MOVED_MS_MAX;
  given.at = isBurst ? given.at + 1 : now;
  return given.at;
}

/** The broker has the point. */
export function noteSure({ seat, measuredAt, value, quality }: Seated): void {
  if (measuredAt < seat.sure.at) return;
  seat.sure.at = measuredAt;
  seat.sure.value = value;
  seat.sure.quality = quality;
}

function isRepeat({ sure }: Seat, { at, value, quality }: Seat['sure']): boolean {
  return sure.at === at && Object.is(sure.value, value) && sure.quality === quality;
}

function makeSeat(metric: string, device: KnownDevice, { table, registry }: Normaliser): Seat | Refusal {
  const { site, area, device: id } = device.about;
  if (!isMetricName(metric)) {
    const message = `'${metric.slice(0, 80)}' cannot be a metric's name: it must be ${METRIC_HINT}`;
    return { reason: 'metric', message };
  }
  const { model, declared } = device;
  const knowledge = knowledgeOf(metric, model, declared);
  if (knowledge === undefined && model !== null && model.unknownMetrics !== 'admit') {
    const known = [...model.metrics.keys()];
    const hint = didYouMean(metric, known) || `; it has ${known.join(', ')}`;
    return { reason: 'metric', message: `model ${model.model} of ${id} has no metric '${metric}'${hint}` };
  }
  return registry.sit(device, metric, {
    series: table.of({ site, area, device: id, metric }),
    knowledge: knowledge ?? null,
  });
}

/** The value as it is stored, or why it cannot be. */
function checked(raw: RawMetric, seat: Seat, device: KnownDevice): Value | null | Refusal {
  const problem = typeProblem(raw, seat, device);
  if (problem !== undefined) return problem;
  const value = inUnit(raw, seat);
  if (value === undefined) return unitProblem(raw, seat, device);
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return { reason: 'type', message: `${raw.metric} is beyond what a number can hold` };
}

function typeProblem(raw: RawMetric, { knowledge }: Seat, { about, model }: KnownDevice): Refusal | undefined {
  const { metric, value } = raw;
  if (knowledge === null || value === null) return undefined;
  const { type, unit } = knowledge.metric;
  if ((typeof value === 'string' ? 'text' : typeof value) === type) return undefined;
  const who = model === null ? 'its birth' : `model ${model.model}`;
  const inIts = unit === undefined ? '' : ` in ${unit}`;
  const message = `${metric} of ${about.device} is ${describeValue(value)}; ${who} says it is a ${type}${inIts}`;
  return { reason: 'type', message };
}

/** The value in the unit of its metric; undefined where its own cannot be converted to that. */
function inUnit({ value, unit }: RawMetric, { knowledge }: Seat): Value | null | undefined {
  if (typeof value !== 'number' || knowledge === null) return value;
  const { metric, convert } = knowledge;
  if (unit === undefined) return convert === undefined ? value : converted(value, convert);
  if (metric.unit === undefined || unit === metric.unit) return value;
  const own = converter(unit, metric.unit);
  return own && converted(value, own);
}

function unitProblem({ metric, unit }: RawMetric, { knowledge }: Seat, { about, model }: KnownDevice): Refusal {
  const who = model === null ? 'its birth' : `model ${model.model}`;
  const message = `${metric} of ${about.device} comes in ${unit?.slice(0, 32)}, which cannot be converted to ${knowledge?.metric.unit}, as ${who} has it`;
  return { reason: 'unit', message };
}

/** The quality that the value deserves. */
function rated(value: Value, said: Quality, { knowledge }: Seat): Quality {
  return knowledge === null || isInRange(value, knowledge.metric) ? said : worseQuality(said, 'bad');
}

function isInRange(value: Value, { min, max }: MetricModel): boolean {
  if (typeof value !== 'number') return true;
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}
