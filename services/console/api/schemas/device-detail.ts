import { z } from 'zod';
import type { ConfigText, ConfigView, DeviceDetail } from '../devices.ts';
import { moment } from './named.ts';

const gap = z.object({
  boot: z.number(),
  from: z.number(),
  to: z.number(),
  since: moment.describe('Arrival of the record behind it'),
});

export const deviceDetail = z.object({
  now: moment,
  gaps: z
    .object({
      missed: z.number().describe('Records that are missing, listed or not'),
      since: moment,
      gaps: z.array(gap).readonly(),
      unlisted: z.number(),
    })
    .nullable()
    .describe('null: it lacks none, or does not number what it sends'),
}) satisfies z.ZodType<DeviceDetail>;

const configText = z.object({
  text: z.string().describe('Its beginning where `isCut`'),
  bytes: z.number(),
  isCut: z.boolean(),
  revision: z.string().describe('SHA-256 of the whole, in hex'),
}) satisfies z.ZodType<ConfigText>;

export const configView = z.object({
  reported: configText.nullable().describe('null: the device has said nothing'),
  desired: configText.nullable().exactOptional().describe('Absent where it is not for whoever asks'),
}) satisfies z.ZodType<ConfigView>;

export const desiredView = z.object({ desired: configText.nullable() });
