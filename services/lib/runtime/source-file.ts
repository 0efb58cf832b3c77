// What engineers write about foreign topics (`rules/sources/*.json`). Its shape only: what a topic means is said by ingest,
// which reads the files; editors and the command line know them by this schema.

import { z } from 'zod';
import { metricNameText } from './name-schema.ts';

/** The payload formats there are; ingest has one decoder for each. */
export const SOURCE_FORMATS = ['json', 'value'] as const;

const part = (name: string) =>
  `The ${name}: a text, which may hold captures of the topic; default: the capture {${name}}.`;

export const sourceFile = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: "../schemas/source.schema.json".'),
    description: z.string().optional().describe('For people: where these topics come from.'),
    topic: z
      .string()
      .min(1)
      .refine((topic) => !/[#+]/.test(topic), { error: 'write {name} for a level that varies, not + or #' })
      .refine((topic) => topic.split('/').every((level) => /^(?:\{[a-z]+\}|[^{}]*)$/.test(level)), {
        error: 'a {capture} stands for one whole level',
      })
      .meta({
        description: 'The topics that are mapped. A {capture} stands for one whole level that varies.',
        examples: ['home/{area}/{metric}', 'zigbee2mqtt/{device}'],
      }),
    format: z
      .enum(SOURCE_FORMATS)
      .describe('json: an object with one member per metric. value: the bare value of one metric.'),
    site: z.string().optional().describe(part('site')),
    area: z.string().optional().describe(part('area')),
    device: z.string().optional().describe(part('device')),
    metric: z.string().optional().describe(part('metric')),
    metrics: z
      .record(z.string(), metricNameText.nullable())
      .optional()
      .describe(
        "Renames by the sender's name; null drops the metric. Metrics that are not named here keep their names.",
      ),
  })
  .describe('Maps topics of devices that know nothing of Penstock to its devices.');
