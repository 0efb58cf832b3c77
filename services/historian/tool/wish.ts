// What the command line asks of this program: one JSON text, since services share no types.

import { z } from 'zod';

const root = z.string().min(1);

export const toolWish = z.discriminatedUnion('tool', [
  z.strictObject({ tool: z.literal('backup'), root, folder: z.string().min(1) }),
  z.strictObject({
    tool: z.literal('export'),
    root,
    /** `-` is standard output. */
    target: z.string().min(1),
    database: z.string().optional(),
    policy: z.string().optional(),
    measurement: z.string().optional(),
    from: z.int().optional(),
    to: z.int().optional(),
  }),
  z.strictObject({ tool: z.literal('stats'), root, isJson: z.boolean() }),
  z.strictObject({ tool: z.literal('verify'), root }),
]);

export type ToolWish = z.infer<typeof toolWish>;
