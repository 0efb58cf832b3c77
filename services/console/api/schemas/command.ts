import { z } from 'zod';
import { commandLife } from '../../plant/schemas.ts';
import type { CommandOffer, CommandSent, CommandsView } from '../commands.ts';
import { moment, named } from './named.ts';

const value = z.union([z.number(), z.boolean(), z.string()]);

export const commandSent = z.object({
  cid: z.string().describe('Under which its life is told'),
  expiresAt: moment,
}) satisfies z.ZodType<CommandSent>;

const offer = z.object({
  command: z.string(),
  description: z.string().nullable(),
  args: z
    .array(
      z.object({
        name: z.string(),
        type: z.enum(['number', 'boolean', 'text']),
        unit: z.string().nullable().describe('UCUM code'),
        min: z.number().nullable(),
        max: z.number().nullable(),
        values: z.array(value).readonly().nullable(),
        isOptional: z.boolean(),
        description: z.string().nullable(),
      }),
    )
    .readonly(),
  interlocks: z
    .array(
      z.object({
        state: z.string(),
        is: z.array(value).readonly(),
        because: z.string().nullable(),
        now: value.nullable(),
        blocks: z.boolean(),
      }),
    )
    .readonly(),
  blocked: z.string().nullable().describe('A sentence where an interlock holds it back now'),
  verify: z.object({ metric: z.string(), withinMs: z.number() }).nullable(),
}) satisfies z.ZodType<CommandOffer>;

const life = named('CommandLife', commandLife.describe('What became of a command, its steps the oldest first.'));

export const commandsView = z.object({
  offers: z.array(offer).readonly(),
  recent: z.array(life).readonly().describe('The newest first'),
}) satisfies z.ZodType<CommandsView>;
