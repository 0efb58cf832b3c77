// A rule test as authors write it, beside the rule: `<id>.test.json`.

import { z } from 'zod';
import { ALARM_OPERATIONS, ALARM_STATES, UNKNOWN_REASONS } from '#domain/alarm.ts';
import { COMMAND_STATUSES, REPLY_STATUSES } from '#domain/command.ts';
import { durationText } from '#runtime/plant-files.ts';

const value = z.union([z.number(), z.boolean(), z.string()]);

const expectation = z.strictObject({
  at: durationText,
  instance: z.string(),
  state: z.enum(ALARM_STATES).optional(),
  quality: z.enum(['GOOD', 'UNKNOWN', ...UNKNOWN_REASONS]).optional(),
  shadow: z.boolean().optional(),
  /** Commands of the running episode, in order. An empty list proves silence. */
  commands: z.array(z.strictObject({ command: z.string(), status: z.enum(COMMAND_STATUSES) })).optional(),
});

const ruleTest = z.strictObject({
  name: z.string().min(1),
  /** Id of the rule; the one beside the file where it is left out. */
  rule: z.string().optional(),
  interval: durationText,
  override: z.record(z.string(), z.unknown()).optional(),
  plant: z.record(z.string(), value).optional(),
  /** Further keys are the device's attributes: role, model and labels. */
  series: z.array(z.looseObject({ device: z.string(), metric: z.string(), values: z.string() })).min(1),
  operator: z
    .array(
      z.strictObject({
        at: durationText,
        do: z.enum(ALARM_OPERATIONS),
        instance: z.string(),
        by: z.string(),
        comment: z.string().optional(),
        /** The running episode where it is left out. */
        episode: z.int().optional(),
      }),
    )
    .default([]),
  devices: z
    .array(
      z.strictObject({
        on: z.string(),
        reply: z.array(z.strictObject({ after: durationText, status: z.enum(REPLY_STATUSES) })),
      }),
    )
    .default([]),
  expect: z.array(expectation).min(1),
});

export const ruleTestFileSchema = z.strictObject({
  $schema: z.string().optional(),
  apiVersion: z.literal('rules/v1').default('rules/v1'),
  kind: z.literal('RuleTest').default('RuleTest'),
  ruleFiles: z.array(z.string()).optional(),
  tests: z.array(ruleTest).min(1),
});

export type RuleTest = z.infer<typeof ruleTest>;
