// A rule file, field by field. Unknown fields are errors; fields of the language that this release does not evaluate are
// refused by name, because a rule that is silently half obeyed is worse than one that does not load.

import { z } from 'zod';
import { PRIORITIES } from '#domain/alarm.ts';
import { metricNameText, nameText } from '#runtime/name-schema.ts';
import { durationText } from '#runtime/plant-files.ts';

const name = nameText;
const metric = metricNameText;
/** Checked by the expression compiler, which knows the place of every part. */
const logic = z.unknown().refine((value) => value !== undefined, { error: 'is missing' });

const select = z.strictObject({
  role: name.optional(),
  model: name.optional(),
  device: name.optional(),
  labels: z.record(name, z.string()).optional(),
});

const inputObject = z.strictObject({
  metric,
  select: select.optional(),
  fn: z.literal('last', { error: "this release evaluates 'last' only" }).default('last'),
  unit: z.string().optional(),
  maxAge: durationText.optional(),
  sampling: z.enum(['periodic', 'onChange']).default('periodic'),
});

const later = z.undefined({
  error: 'this release does not evaluate it yet; take it out, or the alarm would not be what it says',
});

const param = z.strictObject({
  default: z.union([z.number(), z.boolean(), z.string()]),
  unit: z.string().optional(),
  source: later.optional(),
});

const ACTIVE_ONLY = 'this release acts on \'active\' only: write ["active"]';

const commandAction = z.strictObject({
  id: name,
  on: z.tuple([z.literal('active', { error: ACTIVE_ONLY })], { error: ACTIVE_ONLY }),
  type: z.literal('command', { error: "this release has actions of type 'command' only" }),
  target: z
    .strictObject({ select: select.optional(), device: name.optional() })
    .refine((target) => (target.select === undefined) !== (target.device === undefined), {
      error: 'name either a device or what to select it by',
    }),
  command: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/, { error: 'must be a command name such as valve.set' }),
  args: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).default({}),
  permitWhen: logic.optional(),
  expiresAfter: durationText,
  ack: z.strictObject({
    accept: durationText,
    complete: durationText,
    retries: z.int().min(0).max(10).default(0),
  }),
});

const rationalisation = z.strictObject({
  cause: z.string().optional(),
  consequence: z.string().optional(),
  response: z.string().optional(),
  timeToRespond: durationText.optional(),
});

/** Fields of the language that this release refuses; see rules/README.md for what they mean. */
const LATER = [
  'levels',
  'alignWithin',
  'reAlarmTime',
  'reAlarmRepeatCount',
  'shelving',
  'enableWhen',
  'suppressWhen',
  'inhibitedBy',
  'firstOutGroup',
  'span',
] as const;

export const ruleSchema = z.strictObject({
  $schema: z.string().optional(),
  apiVersion: z.literal('rules/v1').default('rules/v1'),
  kind: z.literal('AlarmRule').default('AlarmRule'),
  id: name,
  name: z.string().min(1).max(200).optional(),
  description: z.string().optional(),
  mode: z.enum(['active', 'shadow', 'disabled']).default('active'),
  scope: z
    .strictObject({
      model: name.optional(),
      labels: z.record(name, z.string()).optional(),
      devices: z.array(name).min(1).optional(),
    })
    .default({}),
  groupBy: z.array(name).min(1).max(4).default(['device']),
  inputs: z
    .record(
      name,
      z.preprocess((raw) => (typeof raw === 'string' ? { metric: raw } : raw), inputObject),
    )
    .refine((inputs) => Object.keys(inputs).length > 0, { error: 'a rule needs at least one input' }),
  params: z.record(name, param).default({}),
  condition: logic,
  clearCondition: logic.optional(),
  deadband: z.number().positive().optional(),
  onDelay: durationText.default('0s'),
  offDelay: durationText.default('0s'),
  priority: z.enum(PRIORITIES).default('medium'),
  ackRequired: z.boolean().default(true),
  latching: z.boolean().default(false),
  noData: z
    .strictObject({
      after: durationText.optional(),
      action: z.literal('hold', {
        error: "this release holds the alarm on missing data; 'alarm' and 'clear' come later",
      }),
    })
    .optional(),
  rationalisation: rationalisation.optional(),
  labels: z.record(name, z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  actions: z.array(commandAction).default([]),
  ...(Object.fromEntries(LATER.map((field) => [field, later.optional()])) as Record<
    (typeof LATER)[number],
    z.ZodOptional<typeof later>
  >),
});

export type RuleFile = z.infer<typeof ruleSchema>;
export type InputSpec = z.infer<typeof inputObject>;
export type SelectSpec = z.infer<typeof select>;
export type CommandAction = z.infer<typeof commandAction>;
