import { z } from 'zod';
import { type HealthView, type NumberId, PIPELINE_NUMBERS, type PipelineView } from '../pipeline.ts';
import { moment } from './named.ts';
import { serviceStatus } from './service.ts';

export const pipelineView = z.object({
  everyMs: z.number().describe('How often services tell their numbers; 0: never'),
  numbers: z
    .array(
      z.object({
        id: z.enum(Object.keys(PIPELINE_NUMBERS) as [NumberId, ...NumberId[]]),
        device: z.string().describe('The device that the process plays, below penstock/pipeline'),
        told: z
          .array(z.tuple([moment, z.number().nullable()]).readonly())
          .readonly()
          .describe('The oldest first; rates per second, null where there is none'),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<PipelineView>;

export const healthView = z.object({
  now: moment,
  isWell: z.boolean(),
  broker: z.string().nullable().describe('What is wrong between console and broker; null while it works'),
  services: z
    .array(
      serviceStatus.extend({
        device: z.string(),
        numbersAgeMs: z.number().nullable().describe('null: none has been told since the console started'),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<HealthView>;
