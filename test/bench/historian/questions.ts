// What dashboards ask: questions with the time they look back over, and the number of rows that a right answer has.

import type { Plant } from './plants.ts';

export type Question = {
  readonly name: string;
  /** Another series each time, where one is asked for: an answer is not to come out of a cache. */
  readonly influxql: (round: number) => string;
  readonly series: number;
  readonly rows: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** At most `lookBackMs`, less where the plant is younger; cut to whole buckets, so that both ends are the same for all. */
function range({ from, end }: Plant, lookBackMs: number, bucketMs: number) {
  const until = Math.floor(end / bucketMs) * bucketMs;
  const since = Math.max(until - lookBackMs, Math.ceil(from / bucketMs) * bucketMs);
  return { condition: `time >= ${since}ms AND time < ${until}ms`, rows: (until - since) / bucketMs, ms: until - since };
}

const span = (ms: number) => `${Number((ms / HOUR_MS).toFixed(1))} h`;

export function questions(live: Plant, old: Plant): readonly Question[] {
  const short = range(live, 6 * HOUR_MS, MINUTE_MS);
  const day = range({ ...old, from: old.othersFrom }, 24 * HOUR_MS, 5 * MINUTE_MS);
  const long = range(old, 30 * 24 * HOUR_MS, HOUR_MS);
  const [first] = old.series;
  return [
    {
      name: `one series, ${span(short.ms)} by 1 min`,
      influxql: (round) => {
        const { device, metric } = live.series[round % live.series.length] ?? { device: '', metric: '' };
        return `SELECT mean("value") FROM "${live.database}"."raw"."reading" WHERE "device" = '${device}' AND "metric" = '${metric}' AND ${short.condition} GROUP BY time(1m)`;
      },
      series: 1,
      rows: short.rows,
    },
    {
      name: `${old.series.length} series, ${span(day.ms)} by 5 min`,
      influxql: () =>
        `SELECT mean("value") FROM "${old.database}"."raw"."reading" WHERE "metric" = '${first?.metric}' AND ${day.condition} GROUP BY time(5m), "device"`,
      series: old.series.length,
      rows: day.rows,
    },
    { name: `last of ${live.series.length} series`, influxql: () => lastOf(live), series: live.series.length, rows: 1 },
    {
      name: `one series, ${span(long.ms)} by 1 h`,
      influxql: () =>
        `SELECT mean("value") FROM "${old.database}"."raw"."reading" WHERE "device" = '${first?.device}' AND ${long.condition} GROUP BY time(1h)`,
      series: 1,
      rows: long.rows,
    },
  ];
}

export function lastOfOne({ database, series }: Plant): string {
  const [first] = series;
  return `SELECT last("value") FROM "${database}"."raw"."reading" WHERE "device" = '${first?.device}' AND "metric" = '${first?.metric}'`;
}

export function lastOf({ database }: Pick<Plant, 'database'>): string {
  return `SELECT last("value") FROM "${database}"."raw"."reading" GROUP BY "device", "metric"`;
}
