// What a device model says of the commands that its devices obey: their arguments, and what must not be the case while one is
// given, and what shows that one was carried out. Its shape only; whether a command fits it, the rule language knows.

import { z } from 'zod';
import { durationText } from './duration-text.ts';
import { didYouMean } from './json-file.ts';
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

const verify = z
  .strictObject({
    metric: metricNameText.describe('Of the same device.'),
    equals: z
      .union([stateValue, z.strictObject({ arg: nameText.describe('An argument of the command.') })])
      .meta({ description: 'A value, or the argument whose value it is.', examples: [{ arg: 'position' }, true] }),
    tolerance: z.number().min(0).optional().describe('How far off a number may be, in the unit of the metric.'),
    within: durationText.describe('How long that may take, from when the command was sent.'),
  })
  .describe(
    'What of the plant shows that a command was carried out, where a person sent it: VERIFIED, else UNVERIFIED.',
  );

export const commandModel = z
  .strictObject({
    description: z.string().optional().describe('For people: what it does.'),
    args: z.record(nameText, argument).default({}).describe('Its arguments, by name; any other is refused.'),
    interlocks: z
      .array(interlock)
      .max(16)
      .default([])
      .describe('What must not be the case while it is given. A state that nobody has said blocks too.'),
    verify: verify.optional(),
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

type Measured = { readonly type: (typeof ARGUMENT_TYPES)[number]; readonly unit?: string | undefined };

/** What of `verify` cannot be as it is said, with its place below `commands`. */
export function verifyProblems(
  commands: CommandModels,
  metrics: { readonly [name: string]: Measured },
  unknownMetrics: 'refuse' | 'admit' | undefined,
): { readonly path: string[]; readonly message: string }[] {
  return Object.entries(commands).flatMap(([command, { args, verify: told }]) => {
    if (told === undefined) return [];
    const { metric, equals, tolerance } = told;
    const at = (member: string, message: string) => ({ path: [command, 'verify', member], message });
    const shown = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    if (shown === undefined && unknownMetrics !== 'admit')
      return [at('metric', `the model has no metric '${metric}'${didYouMean(metric, Object.keys(metrics))}`)];
    const isArg = typeof equals === 'object';
    const arg = isArg && Object.hasOwn(args, equals.arg) ? args[equals.arg] : undefined;
    if (isArg && arg === undefined)
      return [
        at(
          'equals',
          `command '${command}' has no argument '${equals.arg}'${didYouMean(equals.arg, Object.keys(args))}`,
        ),
      ];
    const type = arg?.type ?? (typeof equals === 'string' ? 'text' : typeof equals);
    if (shown !== undefined && shown.type !== type)
      return [at('equals', `is a ${type}; metric '${metric}' is a ${shown.type}`)];
    if (arg?.unit !== undefined && shown?.unit !== undefined && arg.unit !== shown.unit)
      return [at('equals', `is in ${arg.unit}; metric '${metric}' is in ${shown.unit}`)];
    return tolerance !== undefined && type !== 'number' ? [at('tolerance', 'is for numbers')] : [];
  });
}
