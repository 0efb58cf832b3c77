// What services tell of themselves: each is a device of the pipeline, and its numbers are metrics by their names in Prometheus
// without `penstock_` (services/lib/runtime/own-numbers.ts).

import { and, isPipeline, type Query, readings, SHOWN } from './influxql.ts';

/** A longer silence is a gap, ms: services tell every 30 s, and three times may be lost. */
export const NUMBERS_GAP_MS = 2 * 60_000;

const of = (service: string, metric: string) => and(SHOWN, isPipeline, `"device" =~ /^${service}/`, metric);
const named = (metric: string) => `"metric" = '${metric}'`;
/** A metric whose name goes on with what its labels tell. */
const beginning = (metric: string) => `"metric" =~ /^${metric}\\//`;

/** Of a service there may be several, each a device of its own: what a line is called ends in whose it is. */
const each = (name: string) => `${name}, $tag_device`;

/** A number as it is told, a line for each that tells it. */
export function numberOf(service: string, metric: string, name: string): Query {
  const text = `SELECT last("value") FROM ${readings()} WHERE ${of(service, named(metric))} GROUP BY time($__interval), "device" fill(none)`;
  return { text, alias: each(name) };
}

/** The number as it was told last, if that was just now: an old one would look like a good one. */
export function numberNow(service: string, metric: string, alias: string): Query {
  const where = and('time > now() - 2m', isPipeline, `"device" =~ /^${service}/`, named(metric));
  return { text: `SELECT max("value") FROM ${readings()} WHERE ${where}`, alias };
}

/** How fast a count of each rises, per second; a restart, where it begins anew, is left out. */
export function rateOf(service: string, metric: string, name: string): Query {
  const text = `SELECT non_negative_derivative(last("value"), 1s) FROM ${readings()} WHERE ${of(service, named(metric))} GROUP BY time($__interval), "device" fill(none)`;
  return { text, alias: each(name) };
}

/** The same of each label, per minute. */
export function ratesBy(service: string, metric: string): Query {
  const text = `SELECT non_negative_derivative(last("value"), 1m) FROM ${readings()} WHERE ${of(service, beginning(metric))} GROUP BY time($__interval), "device", "metric" fill(none)`;
  return { text, alias: '$tag_device $tag_metric' };
}
