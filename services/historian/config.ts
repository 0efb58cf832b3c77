// The historian's settings.

import { z } from 'zod';
import { durationSetting, portSetting, secretSetting } from '#runtime/config.ts';
import { historianListen } from '#runtime/sections.ts';
import type { BodyLimits } from './http/body.ts';
import { BodyMemory } from './http/body-memory.ts';

export const historianSection = z.strictObject({
  metricsPort: portSetting.default(9105).describe('Port of /livez, /readyz and /metrics.'),
  ...historianListen,
  adminUser: z.string().min(1).optional().describe('An admin that each start makes sure of.'),
  adminPassword: secretSetting().optional().describe('His password.'),
  retentionInterval: durationSetting
    .prefault('10m')
    .describe('How often what is older than its retention policy is deleted.'),
  maxBodyBytes: z
    .int()
    .min(1_024)
    .max(100_000_000)
    .default(25_000_000)
    .describe('Largest body of a request, before and after decompression.'),
  requestTimeout: durationSetting.prefault('60s').describe('How long a request may take to arrive.'),
  memoryBytes: z
    .int()
    .min(4_000_000)
    .max(2_000_000_000)
    .default(64_000_000)
    .describe(
      'Memory for samples that are not on the disk in their final form yet; so much of the log is read at a start.',
    ),
  maxSeries: z.int().min(1).default(1_000_000).describe('Series that one database may hold.'),
  queryTimeout: durationSetting.prefault('30s').describe('A query that takes longer is ended.'),
  maxRunningQueries: z.int().min(1).default(32).describe('Queries that may run at once.'),
  maxQueryBuckets: z
    .int()
    .min(1)
    .default(1_000_000)
    .describe('Time buckets that one query may ask for, over all series.'),
  maxQueryPoints: z.int().min(1).default(50_000_000).describe('Samples that one query may read.'),
  maxQueryRows: z.int().min(1).default(1_000_000).describe('Rows that one query may answer.'),
  maxQuerySeries: z.int().min(1).default(1_000_000).describe('Series that one query may read.'),
});

export type HistorianConfig = z.infer<typeof historianSection>;

/** Bodies of the largest size that are held at once; far more of the usual size. Each is held some three times while it is taken. */
const BODIES_MAX = 2;

export function bodyLimits({ maxBodyBytes }: HistorianConfig): BodyLimits {
  return { maxBytes: maxBodyBytes, memory: new BodyMemory(BODIES_MAX * maxBodyBytes) };
}

export function queryLimits(config: HistorianConfig) {
  return {
    maxBuckets: config.maxQueryBuckets,
    maxPoints: config.maxQueryPoints,
    maxRows: config.maxQueryRows,
    maxSeries: config.maxQuerySeries,
  };
}

/** What a sample takes; two generations of them exist at a time, and texts have as much beside. */
const SAMPLE_BYTES = 24;

export function headSize({ memoryBytes }: HistorianConfig) {
  const textBytes = Math.floor(memoryBytes / 4);
  return { samples: Math.floor(textBytes / SAMPLE_BYTES), textBytes };
}
