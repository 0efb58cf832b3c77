// What engineers write about devices: models (`rules/models/*.model.json`) and devices (`rules/devices/*.json`).
// Ingest checks values against them; rules takes intervals and labels from them.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { DeviceEntry } from '#domain/device.ts';
import { parseDuration } from '#domain/duration.ts';
import { deviceKey } from '#domain/topic.ts';
import { binaryLayout } from './binary-layout.ts';
import { commandModels, verifyProblems } from './command-model.ts';
import { environmentName } from './config.ts';
import { durationText } from './duration-text.ts';
import { didYouMean, type FileProblem, readJsonFiles } from './json-file.ts';
import { metricNameText, nameText } from './name-schema.ts';
import { formatMembers, formatProblem, formatText } from './payload-form.ts';
import { StartError } from './start-error.ts';
import { thinningModel, thinningProblem } from './thinning-model.ts';
import { unitText } from './unit-schema.ts';

const metricModel = z
  .strictObject({
    type: z.enum(['number', 'boolean', 'text']).default('number').describe('What its values are.'),
    unit: unitText.optional().meta({ description: 'UCUM code.', examples: ['Cel', 'bar', 'm3/h', '%'] }),
    min: z.number().optional().describe('Below it the sensor must be wrong: the point is stored with quality bad.'),
    max: z.number().optional().describe('Above it the sensor must be wrong: the point is stored with quality bad.'),
    interval: durationText
      .optional()
      .describe('How often the device reports it; after three of them without a sample the value is stale.'),
    resolution: z
      .number()
      .positive()
      .optional()
      .describe('The smallest step that the sensor tells apart, in the unit of the metric.'),
    deadband: z
      .number()
      .positive()
      .optional()
      .describe(
        'The device reports a change of at least this much, in the unit of the metric, and `interval` apart from that.',
      ),
    store: thinningModel
      .optional()
      .describe('Which of its points the store keeps; default: all. Rules see all of them in any case.'),
    access: z
      .enum(['read', 'write', 'read-write'])
      .optional()
      .describe('Whether it is measured, only set by commands, or both; default: read.'),
    description: z.string().optional().describe('For people: what is measured, and where.'),
  })
  .refine((model) => model.min === undefined || model.max === undefined || model.min < model.max, {
    error: 'min must be below max',
  })
  .superRefine(({ type, store }, context) => {
    const problem = store && thinningProblem(type, store);
    if (problem !== undefined)
      context.addIssue({ code: 'custom', path: ['store', problem.member], message: problem.message });
  });

const labelsOf = z.record(nameText, z.string().min(1).max(128));

export const modelFile = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: "../schemas/device-model.schema.json".'),
    model: nameText.describe('What devices of this kind are called in rules/devices and in rules.'),
    description: z.string().optional().describe('For people: make, principle, what it is used for.'),
    metrics: z.record(metricNameText, metricModel).describe('What it measures, by the name of the metric.'),
    commands: commandModels
      .optional()
      .describe(
        'What it obeys. Where this is given, rules can give its devices no other command, and none that does not fit.',
      ),
    unknownMetrics: z
      .enum(['refuse', 'admit'])
      .optional()
      .describe('What becomes of a metric that is not here; default: refuse, with the names that are.'),
    labels: labelsOf.optional().describe('Labels of all its devices; those of a device go before them.'),
    format: formatText.optional().describe('How its payloads on `tele` and `event` are to be read; default: json.'),
    ...formatMembers,
    layouts: z
      .array(binaryLayout)
      .min(1)
      .max(32)
      .optional()
      .describe('The bytes of its binary payloads; the first that fits a payload is the one.'),
  })
  .superRefine((model, context) => {
    const say = (member: string, message: string) => context.addIssue({ code: 'custom', path: [member], message });
    const problem = formatProblem(model);
    if (problem !== undefined) say(problem.member, problem.message);
    if (model.format === 'value') say('format', 'a bare value names no metric; it is for a source whose topic does');
    if (model.format === 'binary' && model.layouts === undefined) say('layouts', 'are missing: what the bytes are');
    for (const { path, message } of verifyProblems(model.commands ?? {}, model.metrics, model.unknownMetrics))
      context.addIssue({ code: 'custom', path: ['commands', ...path], message });
    for (const [i, layout] of (model.layouts ?? []).entries()) {
      for (const [j, { metric }] of layout.fields.entries()) {
        if (model.unknownMetrics === 'admit' || Object.hasOwn(model.metrics, metric)) continue;
        const hint = didYouMean(metric, Object.keys(model.metrics));
        const path = ['layouts', i, 'fields', j, 'metric'];
        context.addIssue({ code: 'custom', path, message: `the model has no metric '${metric}'${hint}` });
      }
    }
  })
  .describe('A kind of device: its metrics with unit, range and interval.');

const deviceEntry = z.strictObject({
  model: nameText.optional().describe('Its kind: a file of rules/models.'),
  role: nameText.optional().describe('What it is to its plant unit, such as inlet or level; inputs select by it.'),
  labels: labelsOf
    .default({})
    .meta({ description: 'What rules select and group by.', examples: [{ tank: 'T1', process: 'storage' }] }),
  description: z.string().optional().describe('For people.'),
});

export const deviceFile = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: "../schemas/devices.schema.json".'),
    site: nameText.describe('The site all devices of this file stand at.'),
    area: nameText.describe('The area all devices of this file stand in.'),
    devices: z.record(nameText, deviceEntry).describe('By the id that the device publishes under.'),
  })
  .describe('The devices of one area, with what rules select and group them by.');

export type MetricModel = z.infer<typeof metricModel>;
/** A model as plain data. */
export type ModelData = z.infer<typeof modelFile>;
export type DeviceModel = Omit<ModelData, 'metrics'> & { readonly metrics: ReadonlyMap<string, MetricModel> };

export function modelOf({ metrics, ...others }: ModelData): DeviceModel {
  return { ...others, metrics: new Map(Object.entries(metrics)) };
}

export function modelData({ metrics, ...others }: DeviceModel): ModelData {
  return { ...others, metrics: Object.fromEntries(metrics) };
}

export type PlantFiles = {
  readonly models: ReadonlyMap<string, DeviceModel>;
  /** By `site/area/device`. */
  readonly devices: ReadonlyMap<string, DeviceEntry>;
  /** One bad file never hides the others; its problems are here. */
  readonly problems: readonly FileProblem[];
};

/** Where no model says how often a metric comes. */
const MAX_AGE_MS_DEFAULT = 60_000;
/** So many intervals without a sample are silence; one or two are a lost message. */
const INTERVALS_MISSED = 3;

/** From which age on a metric's newest sample no longer stands for the plant: page and rules call the same value stale. */
export function maxAgeOf(metric: Pick<MetricModel, 'interval'> | undefined): number {
  const intervalMs = metric?.interval === undefined ? undefined : parseDuration(metric.interval);
  return intervalMs === undefined ? MAX_AGE_MS_DEFAULT : intervalMs * INTERVALS_MISSED;
}

/**
 * Folders inside it may be missing; without the folder itself every rule, device and source would be silently absent.
 * @throws StartError where it is missing, no folder, or not to be read
 */
export function requireRulesFolder(rulesDir: string): void {
  try {
    readdirSync(rulesDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'does not exist', ENOTDIR: 'is no folder' }[code ?? ''] ?? `cannot be read (${code})`;
    throw new StartError(
      `the folder of rules ${path.resolve(rulesDir)} ${why}; create it or set ${environmentName('rules', 'dir')}`,
    );
  }
}

export function readPlantFiles(rulesDir: string): PlantFiles {
  const modelFiles = readJsonFiles(path.join(rulesDir, 'models'), (file) => file.endsWith('.model.json'), modelFile);
  const deviceFiles = readJsonFiles(path.join(rulesDir, 'devices'), (file) => file.endsWith('.json'), deviceFile);
  const problems: FileProblem[] = [...modelFiles.problems, ...deviceFiles.problems];
  const models = new Map<string, DeviceModel>();
  for (const { file, value, at } of modelFiles.files) {
    if (models.has(value.model))
      problems.push({ file, ...at(['model']), message: `model '${value.model}' is described twice` });
    else models.set(value.model, modelOf(value));
  }
  const devices = new Map<string, DeviceEntry>();
  for (const { file, value, at } of deviceFiles.files) {
    for (const [device, entry] of Object.entries(value.devices)) {
      const place = at(['devices', device]);
      const id = deviceKey({ site: value.site, area: value.area, device });
      if (devices.has(id)) problems.push({ file, ...place, message: `device '${id}' is described twice` });
      else if (entry.model !== undefined && !models.has(entry.model)) {
        const hint = didYouMean(entry.model, [...models.keys()]);
        problems.push({
          file,
          ...at(['devices', device, 'model']),
          message: `there is no model '${entry.model}'${hint}`,
        });
      } else {
        const { site, area } = value;
        devices.set(id, {
          site,
          area,
          device,
          model: entry.model ?? null,
          role: entry.role ?? null,
          labels: { ...models.get(entry.model ?? '')?.labels, ...entry.labels },
        });
      }
    }
  }
  return { models, devices, problems };
}
