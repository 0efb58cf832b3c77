import { z } from 'zod';
import { PRIORITIES } from '#domain/alarm.ts';
import type { Problem, ServiceStatus } from '#domain/service.ts';
import { moment, named } from './named.ts';

const problem = z.object({
  id: z.string(),
  text: z.string().describe('What is wrong, where, and the way out'),
  priority: z.enum(PRIORITIES).exactOptional(),
}) satisfies z.ZodType<Problem>;

export const serviceStatus = named(
  'ServiceStatus',
  z
    .object({
      service: z.string(),
      id: z.string(),
      status: z.enum(['up', 'down', 'restarting']),
      since: moment,
      version: z.string(),
      detail: z.string().exactOptional(),
      problems: z.array(problem).readonly().exactOptional().describe('Absent where it is not known'),
    })
    .describe('What a service says of itself.'),
) satisfies z.ZodType<ServiceStatus>;
