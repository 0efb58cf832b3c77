// A series: one metric of one device. Its key is the line-protocol prefix that every point of it starts with,
// so a batch is decoded by one map lookup per point.

import { escapeTag } from './line-protocol.ts';
import { isMetricName, isName } from './name.ts';
import { shardOf } from './shard.ts';

/** Where a series belongs in the plant. All four are checked names (name.ts). */
export type SeriesName = {
  readonly site: string;
  readonly area: string;
  readonly device: string;
  readonly metric: string;
};

export type Series = SeriesName & {
  /** `reading,area=…,device=…,metric=…,site=…`: tags in InfluxDB's canonical (sorted) order. */
  readonly key: string;
  /** The lane of the series' area, 0 to 63. */
  readonly shard: number;
  /** Its place in the table that made it: who keeps something by series keeps it in an array. */
  readonly seat: number;
};

/** The one measurement that points are stored under. */
export const READING = 'reading';

export function makeSeries(name: SeriesName, seat = 0): Series {
  const { site, area, device, metric } = name;
  const tag = escapeTag;
  return {
    site,
    area,
    device,
    metric,
    key: `${READING},area=${tag(area)},device=${tag(device)},metric=${tag(metric)},site=${tag(site)}`,
    shard: shardOf(site, area),
    seat,
  };
}

/** `site/area/device/metric`: a series in an address, or for a person. */
export function formatSeriesName({ site, area, device, metric }: SeriesName): string {
  return `${site}/${area}/${device}/${metric}`;
}

/** The series that formatSeriesName() has written, whose metric may hold slashes; undefined where it is none. */
export function parseSeriesName(text: string): SeriesName | undefined {
  const [site = '', area = '', device = '', ...rest] = text.split('/');
  const metric = rest.join('/');
  return [site, area, device].every(isName) && isMetricName(metric) ? { site, area, device, metric } : undefined;
}
