// The historian's settings.

import { z } from 'zod';
import { durationSetting, portSetting } from '#runtime/config.ts';
import { historianListen } from '#runtime/sections.ts';

export const historianSection = z.strictObject({
  metricsPort: portSetting.default(9105).describe('Port of /livez, /readyz and /metrics.'),
  ...historianListen,
  retentionInterval: durationSetting
    .prefault('10m')
    .describe('How often what is older than its retention policy is deleted.'),
  maxBodyBytes: z
    .int()
    .min(1_024)
    .max(100_000_000)
    .default(25_000_000)
    .describe('Largest body of a request, before and after decompression.'),
  maxSeries: z.int().min(1).default(1_000_000).describe('Series that one database may hold.'),
  queryTimeout: durationSetting.prefault('30s').describe('A query that takes longer is ended.'),
  maxQueryBuckets: z
    .int()
    .min(1)
    .default(1_000_000)
    .describe('Time buckets that one query may ask for, over all series.'),
  maxQueryPoints: z.int().min(1).default(50_000_000).describe('Samples that one query may read.'),
  maxQueryRows: z.int().min(1).default(1_000_000).describe('Rows that one query may answer.'),
});

export type HistorianConfig = z.infer<typeof historianSection>;

export function queryLimits({ maxQueryBuckets, maxQueryPoints, maxQueryRows }: HistorianConfig) {
  return { maxBuckets: maxQueryBuckets, maxPoints: maxQueryPoints, maxRows: maxQueryRows };
}
