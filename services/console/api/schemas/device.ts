import { z } from 'zod';
import type { DeviceView } from '#domain/device.ts';
import { moment, named } from './named.ts';

export const deviceView = named(
  'Device',
  z
    .object({
      site: z.string(),
      area: z.string(),
      device: z.string(),
      model: z.string().nullable(),
      role: z.string().nullable(),
      labels: z.record(z.string(), z.string()),
      online: z.boolean().nullable().describe('null: it has never said'),
      firstSeen: moment.nullable(),
      lastSeen: moment.nullable(),
      firmware: z.string().nullable(),
      rssi: z.number().nullable().describe('dBm'),
      resetCause: z.string().nullable(),
      messagesPerMinute: z.number().nullable(),
      clockSkewMs: z.number().nullable().describe('How far its clock is ahead of ours; behind: negative'),
      contradictions: z
        .array(z.string())
        .readonly()
        .describe('Where what it says of itself differs from what files say'),
      lastError: z.object({ at: moment, reason: z.string(), message: z.string() }).nullable(),
    })
    .describe('A device as the registry knows it.'),
) satisfies z.ZodType<DeviceView>;
