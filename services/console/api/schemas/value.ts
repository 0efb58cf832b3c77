import { z } from 'zod';
import { QUALITIES } from '#domain/quality.ts';
import type { ValueView } from '../live.ts';
import { moment, named } from './named.ts';

export const valueView = named(
  'Value',
  z
    .object({
      id: z.int().describe("Short name of the series in this process's event stream"),
      site: z.string(),
      area: z.string(),
      device: z.string(),
      metric: z.string(),
      value: z.union([z.number(), z.boolean(), z.string()]).nullable().describe('null: the device says it has none'),
      quality: z.enum(QUALITIES),
      measuredAt: moment,
      unit: z.string().nullable().describe("UCUM code, where the device's model names one"),
      staleAfterMs: z.number().describe('Past this age the value no longer stands for the plant'),
      storedEveryMs: z.number().describe('So far apart its points may stand in the store; 0: it has them all'),
    })
    .describe('The newest value of a series.'),
) satisfies z.ZodType<ValueView>;
