import { z } from 'zod';
import { durationSetting, portSetting } from '#runtime/config.ts';

export const writerSection = z.strictObject({
  metricsPort: portSetting.default(9104).describe('Port of /livez, /readyz and /metrics.'),
  lanes: z
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe('Requests to the store at once; a series stays in one lane, in order.'),
  requestBytesMax: z.int().min(1_024).default(1_000_000).describe('Line protocol in one request to the store.'),
  memoryBytesMax: z
    .int()
    .min(1_048_576)
    .default(64 * 1_048_576)
    .describe('Payload held while the store is away; past it the writer reads no more from the broker.'),
  retryMax: durationSetting.prefault('15s').describe('Longest pause between two tries; tries never end.'),
  keepRaw: z
    .string()
    .regex(/^\d+[hdw]$|^INF$/, 'must be a number of hours, days or weeks such as 30d, or INF')
    .default('30d')
    .describe('How long the store keeps raw points, where it lets us say so.'),
});
