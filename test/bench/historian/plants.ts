// The plants that are measured: which series they have, and over which time.

import { PERIOD_MS, SampleStream, type SeriesPlan, type SeriesTags, type StreamOptions } from './sample-stream.ts';

/** A database, and the series in it between two moments in ms. */
export type Plant = {
  readonly database: string;
  readonly series: readonly SeriesPlan[];
  readonly from: number;
  /** Where only the first series goes back to `from`: since when there are the others. */
  readonly othersFrom: number;
  readonly end: number;
};

const DEVICES = 50;
const AREAS = 10;
const METRICS = [
  ...['temperature', 'pressure', 'flow', 'level', 'speed'],
  ...['current', 'torque', 'vibration', 'humidity', 'power'],
] as const;
/** Series of a plant with every metric. */
export const LIVE_SERIES = DEVICES * METRICS.length;
const HOUR_MS = 3_600_000;

function tagsOf(metrics: readonly string[]): SeriesTags[] {
  const devices = Array.from({ length: DEVICES }, (_, i) => ({ area: `hall-${i % AREAS}`, device: `d${i}` }));
  return metrics.flatMap((metric) => devices.map((device) => ({ ...device, metric })));
}

/** Every device with so many metrics, and so many samples in all, the last of them at `end`. */
export function livePlant(options: {
  readonly database: string;
  readonly metrics?: number;
  readonly samples: number;
  readonly end: number;
}): Plant {
  const { database, metrics = METRICS.length, samples, end } = options;
  const tags = tagsOf(METRICS.slice(0, metrics));
  const from = end - Math.round(samples / tags.length) * PERIOD_MS;
  return { database, series: tags.map((each) => ({ ...each, from })), from, othersFrom: from, end };
}

/** One metric of every device over a day, and of the first one over 30 days; `scale` (at most 1) shortens both. */
export function oldPlant(database: string, end: number, scale: number): Plant {
  const from = end - Math.ceil(30 * 24 * scale) * HOUR_MS;
  const othersFrom = end - Math.ceil(24 * 12 * scale) * (HOUR_MS / 12);
  const series = tagsOf(METRICS.slice(0, 1)).map((tags, i) => ({ ...tags, from: i === 0 ? from : othersFrom }));
  return { database, series, from, othersFrom, end };
}

const twoDecimals = (value: number) => Math.round(value * 100) / 100;

export function streamOf({ series }: Plant, options: Partial<StreamOptions> = {}): SampleStream {
  return new SampleStream({ series, rounded: twoDecimals, seed: 5, ...options });
}
