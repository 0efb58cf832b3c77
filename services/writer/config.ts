import { z } from 'zod';
import { parseDuration } from '#domain/duration.ts';
import { durationSetting, portSetting } from '#runtime/config.ts';
import { replicaSettings } from '#runtime/replica.ts';
import { rejectedSettings } from '#runtime/sections.ts';

const MIB = 1_048_576;

export const writerSection = z.strictObject({
  metricsPort: portSetting.default(9104).describe('Port of /livez, /readyz and /metrics.'),
  ...replicaSettings,
  lanes: z
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe('Requests to the store at once; a series stays in one lane, in order.'),
  requestBytesMax: z.int().min(1_024).default(250_000).describe('Line protocol in one request to the store.'),
  memoryBytesMax: z
    .int()
    .min(MIB)
    .default(2 * MIB)
    .describe(
      'Payload held in memory while the store is slow or away, and as much again that is not on disk yet; the rest waits in the journal.',
    ),
  journalBytesMax: z
    .int()
    .min(64 * MIB)
    .default(8_192 * MIB)
    .describe('Disk that the journal may take; when it is full, messages wait at the broker.'),
  requestTimeout: durationSetting
    .prefault('30s')
    .describe('A request to the store that is not answered by then has failed and is sent again.'),
  retryMax: durationSetting.prefault('15s').describe('Longest pause between two tries; tries never end.'),
  keepRaw: z
    .string()
    .regex(/^\d+[hdw]$|^INF$/, 'must be a number of hours, days or weeks such as 30d, or INF')
    .default('30d')
    .describe('How long the store keeps raw points, where it lets us say so.'),
  thinnedSeriesMax: z
    .int()
    .min(0)
    .default(10_000)
    .describe('Series thinned at once, as their models ask; of those beyond it every point is stored.'),
  ...rejectedSettings,
  rollUps: z
    .boolean()
    .default(true)
    .describe('Whether minutes and hours are rolled up; the store must then let us read as well as write.'),
  rollUpSettle: durationSetting
    .prefault('10s')
    .describe(
      'How long after its end, and between two times, a minute or an hour is left alone; late points come in company.',
    ),
});

/** `keepRaw` in milliseconds. */
export function keepRawMs(keepRaw: string): number {
  if (keepRaw === 'INF') return Number.POSITIVE_INFINITY;
  const weeks = /^(\d+)w$/.exec(keepRaw)?.[1];
  return parseDuration(weeks === undefined ? keepRaw : `${Number(weeks) * 7}d`) ?? Number.POSITIVE_INFINITY;
}
