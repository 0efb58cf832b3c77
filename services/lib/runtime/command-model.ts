// What a device model says of the commands that its devices obey: their arguments, and what must not be the case while one is
// given. Its shape only; whether a command fits it, the rule language knows.

import { z } from 'zod';
import { metricNameText, nameText } from './name-schema.ts';
import { unitText } from './unit-schema.ts';

const ARGUMENT_TYPES = ['number', 'boolean', 'text'] as const;
const stateValue = z.union([z.number(), z.boolean(), z.string().max(256)]);

const argument = z
  .strictObject({
    type: z.enum(ARGUMENT_TYPES).default('number').describe('What its values are.'),
    unit: unitText.optional().meta({ description: 'UCUM code.', examples: ['%', 'Cel'] }),
    min: z.number().optional().describe('The least that may be sent.'),
    max: z.number().optional().describe('The most that may be sent.'),
    values: z.array(stateValue).min(1).optional().describe('All that may be sent.'),
    optional: z.boolean().optional().describe('Whether a command may come without it.'),
    metric: metricNameText
      .optional()
      .describe('Of a Sparkplug device the metric that is written; default: the name of the argument.'),
    description: z.string().optional().describe('For people: what it does.'),
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    error: 'min must not be above max',
  });

const interlock = z.strictObject({
  state: nameText.describe(
    'A named state of the plant, as `state/v1/{site}/{area}/{name}` has it, in the area of the device.',
  ),
  is: z
    .union([stateValue, z.array(stateValue).min(1)])
    .describe('The command is blocked while the state is this, or one of these.'),
  because: z.string().min(1).optional().describe('For whoever reads why it was blocked.'),
});

export const commandModel = z
  .strictObject({
    description: z.string().optional().describe('For people: what it does.'),
    args: z.record(nameText, argument).default({}).describe('Its arguments, by name; any other is refused.'),
    interlocks: z
      .array(interlock)
      .max(16)
      .default([])
      .describe('What must not be the case while it is given. A state that nobody has said blocks too.'),
  })
  .describe('A command that the device obeys.');

export const commandNameText = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/, { error: 'must be a command name such as valve.set' })
  .meta({ id: 'command' });

export const commandModels = z.record(commandNameText, commandModel);

export type CommandModel = z.infer<typeof commandModel>;
export type CommandModels = { readonly [name: string]: CommandModel };
/** A value of an argument or of a state of the plant. */
export type StateValue = z.infer<typeof stateValue>;
