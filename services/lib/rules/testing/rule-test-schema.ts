// A rule test as authors write it, beside the rule: `<id>.test.json`.

import { z } from 'zod';
import { ALARM_OPERATIONS, ALARM_OVERLAYS, ALARM_STATES, PRIORITIES, UNKNOWN_REASONS } from '#domain/alarm.ts';
import { COMMAND_STATUSES, REPLY_STATUSES } from '#domain/command.ts';
import { JOURNAL_EVENTS } from '#domain/journal.ts';
import { durationText } from '#runtime/duration-text.ts';
import { nameText } from '#runtime/name-schema.ts';

const value = z.union([z.number(), z.boolean(), z.string()]);
const at = durationText.describe('Since the begin of the test.');
const instance = z.string().describe('What groupBy makes: the device, or the label it groups by.');

const expectation = z
  .strictObject({
    at,
    instance,
    state: z.enum(ALARM_STATES).optional().describe('The state code, whatever is shown over it.'),
    overlay: z
      .enum(ALARM_OVERLAYS)
      .nullable()
      .optional()
      .describe('What is shown over the state: OOSRV, SHLVD, DSUPR; null where nothing is.'),
    priority: z.enum(PRIORITIES).optional().describe('Of the highest level that holds.'),
    quality: z
      .enum(['GOOD', 'UNKNOWN', ...UNKNOWN_REASONS])
      .optional()
      .describe('GOOD, or why the inputs are unknown; UNKNOWN stands for any reason.'),
    shadow: z.boolean().optional().describe('Whether the rule is in shadow: nobody is told.'),
    commands: z
      .array(
        z.strictObject({
          command: z.string().describe('The name of the command.'),
          status: z.enum(COMMAND_STATUSES).describe('Where it stands.'),
        }),
      )
      .optional()
      .describe('The commands of the running episode, in order. An empty list proves silence.'),
    noData: z.boolean().optional().describe('Whether <rule>.no-data is active.'),
    raised: z
      .array(z.string())
      .optional()
      .describe('The alarms <rule>.<id> that actions and failed commands have raised, by their id.'),
    events: z
      .array(z.enum(JOURNAL_EVENTS))
      .optional()
      .describe('All that the journal says of the instance so far, in order. An empty list proves silence.'),
  })
  .refine((each) => Object.keys(each).length > 2, { error: 'expects nothing: say state, commands, events or another' });

const operation = z.strictObject({
  at,
  do: z.enum(ALARM_OPERATIONS).describe('What the person does.'),
  instance,
  by: z.string().describe('Who does it.'),
  role: z
    .enum(['viewer', 'operator', 'engineer', 'admin'])
    .optional()
    .describe('With which right; operator where it is left out, engineer for oos and in-service.'),
  comment: z.string().optional().describe('What the person says.'),
  until: durationText.optional().describe('End of a shelving, since the begin of the test.'),
  episode: z.int().optional().describe('The episode it names; the running one where it is left out.'),
});

const script = z.strictObject({
  on: z.string().describe('The name of the command that is answered.'),
  reply: z
    .array(
      z.strictObject({
        after: durationText.describe('Since the command was sent.'),
        status: z.enum(REPLY_STATUSES).describe('What the device says.'),
      }),
    )
    .describe('What the device answers, in order.'),
});

const happening = z.union([
  z
    .strictObject({
      at,
      device: nameText.describe('The device.'),
      online: z.boolean().describe('Whether it is online from now on.'),
    })
    .describe('A device goes offline, or comes back.'),
  z
    .strictObject({
      at,
      device: nameText.describe('The device.'),
      config: z.record(z.string(), value).describe('What it reports of its configuration.'),
    })
    .describe('A device reports limits of its own.'),
  z
    .strictObject({
      at,
      state: nameText.describe('The name of a plant state.'),
      value: value.nullable().describe('What it is from now on; null where nobody says it any more.'),
    })
    .describe('A plant state changes.'),
]);

const ruleTest = z
  .strictObject({
    name: z.string().min(1).describe('What the test proves.'),
    rule: z.string().optional().describe('Id of the rule; the one beside the file where it is left out.'),
    interval: durationText.describe('Time from one value of a series to the next.'),
    override: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Fields of the rule that are others for this test.', examples: [{ onDelay: '60s' }] }),
    plant: z
      .record(nameText, value)
      .optional()
      .meta({ description: 'Plant states from the begin on.', examples: [{ mode: 'auto' }] }),
    series: z
      .array(
        z.looseObject({
          device: nameText.describe('The device that publishes. Further keys are its role, model and labels.'),
          metric: z.string().describe('The metric.'),
          values: z.string().meta({
            description:
              'One value per interval: 81x4 is five times 81, 41+1x20 climbs by 1, _x8 is eight missing ones; null, booleans and words are values too.',
            examples: ['78 81x4 79x2 77x8'],
          }),
        }),
      )
      .min(1)
      .describe('What the devices publish.'),
    happens: z.array(happening).default([]).describe('What else happens to devices and plant, and when.'),
    operator: z.array(operation).default([]).describe('What people do, and when.'),
    devices: z.array(script).default([]).describe('How devices answer commands.'),
    expect: z.array(expectation).min(1).describe('What must be so, and when.'),
  })
  .describe('One course of events and what must come of it.');

export const ruleTestFileSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: "./schemas/rule-test.schema.json".'),
    apiVersion: z.literal('rules/v1').default('rules/v1').describe('The version of the rule language.'),
    kind: z.literal('RuleTest').default('RuleTest').describe('What this file is.'),
    ruleFiles: z
      .array(z.string())
      .optional()
      .meta({
        description: 'Files of the rules, as patterns relative to this one; all rules beside it where it is left out.',
        examples: [['*.json']],
      }),
    tests: z.array(ruleTest).min(1).describe('Each runs alone, from the begin.'),
  })
  .describe('Tests of rules: series of values, and what must come of them.');

export type RuleTestFile = z.infer<typeof ruleTestFileSchema>;
export type RuleTest = RuleTestFile['tests'][number];
export type Expectation = RuleTest['expect'][number];
export type Happening = RuleTest['happens'][number];
