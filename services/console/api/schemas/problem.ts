import { z } from 'zod';
import type { Problem } from '../http.ts';
import { named } from './named.ts';

export const problem = named(
  'Problem',
  z
    .object({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string().describe('One sentence for the person who asked; it says the way out'),
      errors: z
        .array(z.object({ pointer: z.string(), detail: z.string() }))
        .readonly()
        .exactOptional()
        .describe('Each mistake of the request by its JSON pointer'),
    })
    .describe('What went wrong, as RFC 9457 has it.'),
) satisfies z.ZodType<Problem>;
