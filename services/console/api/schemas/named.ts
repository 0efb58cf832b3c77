// What the documented shapes share.

import { z } from 'zod';

export const moment = z.number().describe('ms since the epoch');

/** The shape under the name that the documentation tells it by. */
export function named<T extends z.ZodType>(id: string, schema: T): T {
  return schema.meta({ ...schema.meta(), id });
}
