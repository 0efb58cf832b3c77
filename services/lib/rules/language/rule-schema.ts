// A rule file, field by field; rules/README.md says what each means. Unknown fields are errors. The JSON Schema that
// editors read is made of this, so every field says what it is. Expressions are opaque here: their compiler knows the
// place of every part.

import { z } from 'zod';
import { PRIORITIES } from '#domain/alarm.ts';
import { parseDuration } from '#domain/duration.ts';
import { commandNameText } from '#runtime/command-model.ts';
import { durationText, positiveDuration } from '#runtime/duration-text.ts';
import { metricNameText, nameText } from '#runtime/name-schema.ts';
import { WINDOW_FUNCTIONS } from './window-functions.ts';

const name = nameText;

/** So many commands to a device are remembered; more than that in any time is no limit but a stream. */
export const RATE_LIMIT_COMMANDS_MAX = 1_000;

/** Called more often, nobody can have answered the call before; without a bound a slip of the pen floods everybody. */
const RE_ALARM_MS_MIN = 10_000;
const reAlarmTime = durationText
  .refine((text) => (parseDuration(text) ?? Number.POSITIVE_INFINITY) >= RE_ALARM_MS_MIN, {
    error: 'is too short: at least 10s, so that somebody can answer before it calls again',
  })
  .describe('Annunciated again after this time while active; at least 10s.');

const duration = (description: string) => durationText.describe(description);
const time = (description: string) => positiveDuration.describe(description);

/** What an expression may stand for in a file; `refine` because a missing key would pass as unknown. */
const logic = z
  .unknown()
  .refine((value) => value !== undefined, { error: 'is missing' })
  .meta({ id: 'expression' });

const value = z.union([z.number(), z.boolean(), z.string()]);

const select = z
  .strictObject({
    role: name.optional().describe('Its role, as rules/devices says it.'),
    model: name.optional().describe('Its model.'),
    device: name.optional().describe('Its id.'),
    labels: z.record(name, z.string()).optional().describe('Labels it must bear.'),
  })
  .describe('Which device of the group: all that is given must match.');

const inputObject = z
  .strictObject({
    metric: metricNameText.describe('The metric that the device publishes.'),
    select: select.optional(),
    fn: z
      .enum(['last', ...WINDOW_FUNCTIONS])
      .default('last')
      .describe('What is made of the samples. All but last need a window.'),
    window: time('The interval (t - window, t] that fn looks at.').optional(),
    per: time('Unit of time of slope and rate, 1s where it is left out.').optional(),
    unit: z
      .string()
      .min(1)
      .optional()
      .describe('UCUM code (Cel, bar, m3/h, %). Values are converted to it from the unit of the device model.'),
    maxAge: time('Older than this the value is STALE. Default: three intervals of the model, else 60s.').optional(),
    minSamples: z.int().min(1).max(1_000_000).optional().describe('Fewer samples in the window are INSUFFICIENT.'),
    minCoverage: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('Share of the window for which a sample was held; less is INSUFFICIENT.'),
    sampling: z
      .enum(['periodic', 'onChange'])
      .default('periodic')
      .describe('onChange: sent only when it changes, so held for as long as its device is online.'),
    quality: z
      .enum(['good', 'uncertain'])
      .default('uncertain')
      .describe('The worst quality that still counts; worse is BAD.'),
  })
  .superRefine(({ fn, window, per, minSamples, minCoverage, sampling }, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message, input: field });
    if (fn === 'last') {
      for (const [field, given] of Object.entries({ window, minSamples, minCoverage }))
        if (given !== undefined) refuse(field, `means nothing to fn 'last'; name a function of a window`);
    } else {
      if (window === undefined) refuse('fn', `'${fn}' needs a window, such as "window": "5m"`);
      if (sampling === 'onChange' && fn !== 'timeIn' && fn !== 'changes' && fn !== 'count')
        refuse('sampling', `'${fn}' of what is sent only when it changes tells nothing; it needs periodic samples`);
    }
    if (per !== undefined && fn !== 'slope' && fn !== 'rate') refuse('per', `means nothing to fn '${fn}'`);
  });

const param = z.strictObject({
  default: value.describe('Where the source says nothing.'),
  unit: z.string().min(1).optional().describe('UCUM code of the default.'),
  source: z
    .string()
    .regex(/^device\.(config|labels)\.[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
      error: 'must be device.config.<key> (what the device reports on cfg/reported) or device.labels.<label>',
    })
    .optional()
    .describe('Where a device has a value of its own: device.config.<key> or device.labels.<label>.'),
});

/** What an action answers to. */
export const ACTION_TRIGGERS = [
  'active',
  'level',
  'ack',
  'clear',
  'latchReset',
  'noData',
  'shelve',
  'unshelve',
] as const;
export type ActionTrigger = (typeof ACTION_TRIGGERS)[number];

const actionId = name.describe('Unique within the rule; part of the correlation id.');
const on = z.array(z.enum(ACTION_TRIGGERS)).min(1).describe('What the action answers to.');
const evenIfSuppressed = z
  .boolean()
  .default(false)
  .describe('Also while the alarm is shelved, suppressed or out of service.');

const alarmConsequence = z.strictObject({
  type: z.literal('alarm').describe('Raises an alarm beside this one.'),
  id: name.describe('Raises the alarm <rule>.<id>; it returns when the alarm that raised it returns.'),
  name: z.string().min(1).max(200).optional().describe('What operators read; the name of the rule and the id else.'),
  priority: z.enum(PRIORITIES).default('high').describe('How urgent the raised alarm is.'),
});
const notifyConsequence = z.strictObject({
  type: z.literal('notify').describe('Tells a receiver, whatever the routes say.'),
  to: name.describe('A receiver of rules/notify/receivers.json.'),
});

const commandAction = z.strictObject({
  id: actionId,
  on,
  type: z.literal('command').describe('Makes a device do something.'),
  target: z
    .strictObject({
      select: select.optional(),
      device: name.optional().describe('The id of a device of the same area.'),
    })
    .refine((target) => (target.select === undefined) !== (target.device === undefined), {
      error: 'name either a device or what to select it by',
    })
    .describe('Who gets it: a device, or what to select it by among those of the group.'),
  command: commandNameText.meta({ description: 'What the device is told.', examples: ['valve.set'] }),
  args: z
    .record(z.string(), value)
    .default({})
    .meta({ description: 'What goes with it.', examples: [{ position: 0 }] }),
  permitWhen: logic.optional().describe('Not true: the command is BLOCKED and journaled.'),
  approval: z.enum(['none', 'operator']).default('none').describe('operator: waits for a signed approval.'),
  expiresAfter: time('After this the device must not carry it out any more.').optional(),
  ack: z
    .strictObject({
      accept: time('Not accepted in this time: sent again, then TIMEOUT.'),
      complete: time('Accepted and not done in this time: TIMEOUT.'),
      retries: z.int().min(0).max(10).default(0).describe('How often it is sent again before TIMEOUT.'),
    })
    .optional()
    .describe('How long the device may take to answer.'),
  verify: z
    .strictObject({
      condition: logic.describe('What the plant must show. The word of the device is no proof.'),
      within: time('From SENT; else UNVERIFIED.'),
    })
    .optional()
    .describe('The proof that the plant did what the device was told.'),
  rateLimit: z
    .strictObject({
      max: z.int().min(1).max(RATE_LIMIT_COMMANDS_MAX).describe('So many commands'),
      per: time('within this time.'),
    })
    .optional()
    .describe('Per target: more commands of this name than this are BLOCKED.'),
  onFailure: z
    .array(z.discriminatedUnion('type', [alarmConsequence, notifyConsequence]))
    .default([])
    .describe('When it was rejected, failed, timed out, expired or could not be verified.'),
  evenIfSuppressed,
});
const publishAction = z.strictObject({
  id: actionId,
  on,
  type: z.literal('publish').describe('Publishes a text on a topic of your own.'),
  topic: z
    .string()
    .min(1)
    .max(256)
    .describe('A topic outside the trees of Penstock; {{device}} and the like are filled in.'),
  payload: z
    .union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())])
    .describe('Templates in its texts are filled in.'),
  retain: z.boolean().default(false).describe('Whether the broker keeps it for those who subscribe later.'),
  evenIfSuppressed,
});
const notifyAction = z.strictObject({ id: actionId, on, ...notifyConsequence.shape, evenIfSuppressed });
const alarmAction = z.strictObject({ on, ...alarmConsequence.shape, evenIfSuppressed });

const rationalisation = z
  .strictObject({
    cause: z.string().min(1).optional().describe('What usually makes it happen.'),
    consequence: z.string().min(1).optional().describe('What happens if nobody does anything, and when.'),
    response: z.string().min(1).optional().describe('What the operator does.'),
    timeToRespond: time('How long the operator has before the consequence.').optional(),
  })
  .describe('Why the alarm exists (ISA-18.2). Shown with it.');

const level = z.strictObject({
  priority: z.enum(PRIORITIES).describe('Of the alarm while this is the highest level that holds.'),
  condition: logic.describe('When the level begins.'),
  clearCondition: logic.optional().describe('When it ends; default: not the condition.'),
  deadband: z.number().positive().optional().describe('Makes the clear limit of a single comparison.'),
  onDelay: durationText.optional().describe('Default: the onDelay of the rule.'),
});

export const ruleSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: "./schemas/rule.schema.json".'),
    apiVersion: z.literal('rules/v1').default('rules/v1').describe('The version of the rule language.'),
    kind: z.literal('AlarmRule').default('AlarmRule').describe('What this file is.'),
    id: name
      .refine((id) => !id.includes('..') && !id.endsWith('.no-data'), { error: 'must not end in .no-data or hold ..' })
      .describe('Stable and unique: the name of the file without .json.'),
    name: z.string().min(1).max(200).optional().describe('What operators read; the id where it is left out.'),
    description: z.string().optional().describe('For those who maintain it; operators read the rationalisation.'),
    owner: z.string().optional().describe('Who answers for the rule.'),
    mode: z
      .enum(['active', 'shadow', 'disabled'])
      .default('active')
      .describe('shadow: evaluated and journaled, not annunciated, no commands.'),
    scope: z
      .strictObject({
        model: name.optional().describe('Devices of this model.'),
        labels: z.record(name, z.string()).optional().describe('Devices that bear all of these labels.'),
        devices: z.array(name).min(1).optional().describe('These devices.'),
      })
      .default({})
      .describe('Which devices; every device that has the metrics where it is left out.'),
    groupBy: z
      .array(name)
      .min(1)
      .max(4)
      .default(['device'])
      .describe('One alarm instance per distinct value: device, site, area, model, role or a label.'),
    span: z
      .enum(['area', 'site'])
      .default('area')
      .describe('site: a group may hold devices of several areas of a site.'),
    inputs: z
      .record(
        name,
        z.preprocess((raw) => (typeof raw === 'string' ? { metric: raw } : raw), inputObject).meta({ id: 'input' }),
      )
      .refine((inputs) => Object.keys(inputs).length > 0, { error: 'a rule needs at least one input' })
      .describe('Named values: the name of a metric, or an object.'),
    alignWithin: duration(
      'When the newest samples of the known periodic inputs lie further apart, the condition is UNKNOWN.',
    ).optional(),
    params: z.record(name, param).default({}).describe('Named limits, read by {"param": name}.'),
    condition: logic.optional().describe('When it becomes active (JSON-Logic).'),
    clearCondition: logic.optional().describe('When it returns; default: not the condition.'),
    deadband: z
      .number()
      .positive()
      .optional()
      .describe('Makes the clear limit of a single comparison: > 80 with 2 clears at 78 or below.'),
    levels: z.array(level).min(1).max(4).optional().describe('Instead of condition: the highest true one counts.'),
    onDelay: duration('Evidence needed to become active.').default('0s'),
    offDelay: duration('Evidence needed to return.').default('0s'),
    priority: z.enum(PRIORITIES).default('medium').describe('How urgent the operator is needed.'),
    ackRequired: z.boolean().default(true).describe('Returned and not acknowledged stays RTNUN.'),
    latching: z.boolean().default(false).describe('Returned stays LATCH until an operator resets it.'),
    reAlarmTime: reAlarmTime.optional(),
    reAlarmRepeatCount: z.int().min(1).optional().describe('At most so often; without end where it is left out.'),
    shelving: z
      .strictObject({
        allowed: z.boolean().default(true).describe('Whether it may be shelved at all.'),
        maxDuration: duration('The longest that it may be.').default('8h'),
      })
      .default({ allowed: true, maxDuration: '8h' })
      .describe('Whether operators may silence it for a time.'),
    enableWhen: logic.optional().describe('Not true: suppressed by design. UNKNOWN: enabled.'),
    suppressWhen: logic.optional().describe('True: suppressed by design. UNKNOWN: not suppressed.'),
    inhibitedBy: z
      .array(
        z.strictObject({
          rule: name.describe('The id of the other rule.'),
          equal: z.array(name).min(1).default(['area']).describe('Attributes that both alarms must have alike.'),
        }),
      )
      .default([])
      .describe('Suppressed while an alarm of that rule is active whose labels are equal.'),
    firstOutGroup: name.optional().describe('Among the alarms of this group and area, the first one is marked.'),
    noData: z
      .strictObject({
        after: duration('How long an input must be unknown; default: its maxAge.').optional(),
        action: z
          .enum(['alarm', 'hold', 'clear'])
          .default('hold')
          .describe('alarm: raises <id>.no-data. hold: only the quality shows it. clear: the alarm returns.'),
        priority: z.enum(PRIORITIES).optional().describe('Of <id>.no-data; that of the rule where it is left out.'),
      })
      .default({ action: 'hold' })
      .describe('What silence of an input means.'),
    rationalisation: rationalisation.optional(),
    labels: z
      .record(name, z.string())
      .default({})
      .describe('Carried with the alarm; routes select by them. May hold {{device}}, never a measured value.'),
    annotations: z
      .record(z.string(), z.string())
      .default({})
      .describe('Texts; summary may hold {{device}}, {{temp}}, {{limit}}, {{age.temp}}.'),
    actions: z
      .array(z.discriminatedUnion('type', [commandAction, publishAction, notifyAction, alarmAction]))
      .default([])
      .describe('What is done beside telling operators.'),
  })
  .describe('An alarm rule: when an alarm becomes active and returns, who is told, what is done.')
  .superRefine((rule, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: undefined });
    if (rule.levels === undefined && rule.condition === undefined) refuse(['condition'], 'is missing');
    if (rule.levels !== undefined) {
      for (const field of ['condition', 'clearCondition', 'deadband'] as const)
        if (rule[field] !== undefined) refuse([field], 'a rule with levels says it in each of them');
    }
    if (rule.reAlarmRepeatCount !== undefined && rule.reAlarmTime === undefined)
      refuse(['reAlarmRepeatCount'], 'means nothing without reAlarmTime');
    const ids = new Set<string>();
    for (const [i, { id }] of rule.actions.entries()) {
      if (ids.has(id)) refuse(['actions', i, 'id'], `there are two actions '${id}'`);
      ids.add(id);
    }
  });

export type RuleFile = z.infer<typeof ruleSchema>;
export type InputSpec = z.infer<typeof inputObject>;
export type SelectSpec = z.infer<typeof select>;
export type LevelSpec = z.infer<typeof level>;
export type ActionSpec = RuleFile['actions'][number];
export type CommandSpec = z.infer<typeof commandAction>;
export type Consequence = CommandSpec['onFailure'][number];
