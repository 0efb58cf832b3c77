// What engineers write about foreign topics (`rules/sources/*.json`). Its shape only: what a topic means is said by ingest,
// which reads the files; editors and the command line know them by this schema.

import { z } from 'zod';
import { metricNameText, nameText } from './name-schema.ts';
import { formatMembers, formatProblem, formatText, PAYLOAD_FORMATS } from './payload-form.ts';
import { unitText } from './unit-schema.ts';

/** Not of one payload: what edge nodes say is read by the births of before. */
const SPARKPLUG = 'sparkplug';
const SPARKPLUG_TOPIC = /^spBv1\.0\/[^/]+$/;

/** A level of a topic: text with at most one capture in it. */
export const LEVEL = /^([^{}]*)(?:\{([a-z]+)\}([^{}]*))?$/;

const part = (name: string) =>
  `The ${name}: a text, which may hold captures of the topic and of the payload; default: the capture {${name}}.`;

const metricOf = z
  .strictObject({
    metric: metricNameText.optional().describe('Our name; default: the same.'),
    unit: unitText.optional().meta({
      description: "UCUM code the sender's numbers are in, where it is not the model's.",
      examples: ['[degF]'],
    }),
    scale: z.number().optional().describe("What the sender's number is multiplied with, before `offset` is added."),
    offset: z.number().optional().describe('What is added.'),
    values: z
      .record(z.string(), z.union([z.number(), z.boolean(), z.string().max(256), z.null()]))
      .optional()
      .meta({
        description: "What the sender's words mean; a word that is not here is refused.",
        examples: [{ ON: true, OFF: false }],
      }),
  })
  .refine(({ values, scale, offset }) => values === undefined || (scale === undefined && offset === undefined), {
    error: 'scale and offset mean nothing beside values',
  });

const words = z.union([z.string(), z.array(z.string()).min(1)]);

const sourceFormat = z.enum([...PAYLOAD_FORMATS, SPARKPLUG]).meta({
  description: `${formatText.description} sparkplug: edge nodes of the group that the topic is of, spBv1.0/{group}; it says where they and their devices stand.`,
});

export const sourceFile = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: "../schemas/source.schema.json".'),
    description: z.string().optional().describe('For people: where these topics come from.'),
    topic: z
      .string()
      .min(1)
      .refine((topic) => !/[#+]/.test(topic), { error: 'write {name} for a level that varies, not + or #' })
      .refine((topic) => topic.split('/').every((level) => LEVEL.test(level)), {
        error: 'a level holds at most one {capture}, of lower-case letters',
      })
      .meta({
        description: 'The topics that are mapped. A {capture} stands for what varies in one level.',
        examples: ['home/{area}/{metric}', 'zigbee2mqtt/{device}', '{device}/status/switch:{channel}'],
      }),
    format: sourceFormat.optional(),
    ...formatMembers,
    inside: z
      .strictObject({
        member: z
          .string()
          .min(1)
          .meta({ description: 'Where it stands.', examples: ['uplink_message.frm_payload'] }),
        encoding: z
          .enum(['text', 'base64', 'hex', 'json'])
          .describe('How it is written; json: an object that stands there as it is.'),
        time: z
          .string()
          .min(1)
          .optional()
          .meta({
            description: 'The member of the JSON around it that says when, where it says nothing itself.',
            examples: ['received_at'],
          }),
      })
      .optional()
      .describe('The payload stands inside JSON, as network servers of LoRaWAN send it.'),
    site: z.string().optional().describe(part('site')),
    area: z.string().optional().describe(part('area')),
    device: z
      .string()
      .optional()
      .meta({ description: part('device'), examples: ['{area}-{device}', '{payload.id}'] }),
    metric: z
      .string()
      .optional()
      .describe('The metric, where the topic names it; of an object, what its members are below of.'),
    names: z
      .record(z.string(), nameText)
      .optional()
      .meta({
        description: 'Our names for what a capture says, where that can be none.',
        examples: [{ 'Living room': 'living-room' }],
      }),
    except: z
      .record(z.string().regex(/^[a-z]+$/, { error: 'must be the name of a capture' }), z.array(z.string()).min(1))
      .optional()
      .meta({
        description: 'Topics that are not meant: what a capture of them holds.',
        examples: [{ device: ['homeassistant'] }],
      }),
    model: nameText.optional().describe('Model of its devices, where no file in rules/devices gives them another.'),
    announce: z
      .boolean()
      .optional()
      .describe(
        'Whether Home Assistant is told of its devices, where it is told of any; false: they have come from there, or are there already. Default: true.',
      ),
    metrics: z
      .record(z.string(), z.union([metricNameText, z.null(), metricOf]))
      .optional()
      .meta({
        description:
          "By the sender's name: our name; null drops it; or an object that says more. Others keep their names.",
        examples: [{ temperature: 'temperature', linkquality: null }],
      }),
    otherMetrics: z
      .union([z.enum(['keep', 'drop']), metricOf])
      .default('keep')
      .meta({
        description: 'What becomes of metrics that `metrics` does not name; an object says how they are read.',
        examples: ['drop', { values: { ON: true, OFF: false } }],
      }),
    online: z
      .strictObject({
        member: z.string().min(1).optional().describe('The member of a JSON object that says it.'),
        yes: words.describe('What says that the device is there.'),
        no: words.describe('What says that it is not.'),
      })
      .optional()
      .describe('The topic says whether the device is there (its last will), and nothing that it measured.'),
  })
  .superRefine((source, context) => {
    const say = (member: string, message: string) => context.addIssue({ code: 'custom', path: [member], message });
    const { format, online, inside } = source;
    if (format === undefined && online === undefined) say('format', 'is missing: how the payload is to be read');
    if (online !== undefined) {
      for (const member of ['format', 'inside', 'metrics', 'metric', 'csv', 'time'] as const) {
        if (source[member] !== undefined) say(member, 'means nothing beside online');
      }
    }
    if (format === SPARKPLUG) {
      for (const member of ['inside', 'metrics', 'metric', 'model', 'announce'] as const) {
        if (source[member] !== undefined) say(member, 'means nothing beside format sparkplug');
      }
      if (!SPARKPLUG_TOPIC.test(source.topic)) say('topic', 'must be spBv1.0/ and the group, or a {capture} for it');
    } else if (source.topic.startsWith('spBv1.0/')) say('format', 'of topics of Sparkplug must be sparkplug');
    const problem = formatProblem(source);
    if (problem !== undefined) say(problem.member, problem.message);
    const isText = inside?.encoding === 'text' || inside?.encoding === 'json';
    if (isText && (format === 'binary' || format === 'senml-cbor')) {
      say('inside', `bytes of ${format} are written as base64 or hex`);
    }
    if (inside?.encoding === 'json' && format !== 'json' && format !== 'senml-json') {
      say('inside', `what stands there as JSON is of format json or senml-json, not ${format}`);
    }
  })
  .describe('Maps topics of devices that know nothing of Penstock to its devices.');

export type SourceFile = z.infer<typeof sourceFile>;

/** Whether the source says where edge nodes of Sparkplug stand. Their messages are read with or without one. */
export function isSparkplugSource({ format }: Pick<SourceFile, 'format'>): boolean {
  return format === SPARKPLUG;
}

/** The MQTT filter of a source's topic: `home/{area}/{metric}` is `home/+/+`. */
export function sourceFilter(topic: string): string {
  return topic
    .split('/')
    .map((level) => (level.includes('{') ? '+' : level))
    .join('/');
}
