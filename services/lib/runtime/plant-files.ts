// What engineers write about devices: models (`rules/models/*.model.json`) and devices (`rules/devices/*.json`).
// Ingest checks values against them; rules takes intervals and labels from them.

import path from 'node:path';
import { z } from 'zod';
import { parseDuration } from '#domain/duration.ts';
import { isMetricName, isName, METRIC_HINT, NAME_HINT } from '#domain/name.ts';
import { deviceKey } from '#domain/topic.ts';
import { didYouMean, type FileProblem, readJsonFiles } from './json-file.ts';

const name = z.string().refine(isName, { error: `must be ${NAME_HINT}` });
const metricName = z.string().refine(isMetricName, { error: `must be ${METRIC_HINT}` });
export const durationText = z.string().refine((text) => parseDuration(text) !== undefined, {
  error: 'must be a duration with one unit, such as 500ms, 20s, 5m, 8h or 7d',
});

const metricModel = z
  .strictObject({
    type: z.enum(['number', 'boolean', 'text']).default('number'),
    unit: z.string().min(1).optional().describe('UCUM code: Cel, bar, m3/h, %'),
    min: z.number().optional().describe('Below it the sensor must be wrong: the point is stored with quality bad.'),
    max: z.number().optional(),
    interval: durationText.optional().describe('How often the device reports it.'),
    description: z.string().optional(),
  })
  .refine((model) => model.min === undefined || model.max === undefined || model.min < model.max, {
    error: 'min must be below max',
  });

const modelFile = z.strictObject({
  $schema: z.string().optional(),
  model: name,
  description: z.string().optional(),
  metrics: z.record(metricName, metricModel),
});

const deviceEntry = z.strictObject({
  model: name.optional(),
  role: name.optional(),
  labels: z.record(name, z.string().min(1).max(128)).default({}),
  description: z.string().optional(),
});

const deviceFile = z.strictObject({
  $schema: z.string().optional(),
  site: name,
  area: name,
  devices: z.record(name, deviceEntry),
});

export type MetricModel = z.infer<typeof metricModel>;
export type DeviceModel = { readonly model: string; readonly metrics: ReadonlyMap<string, MetricModel> };
export type DeviceEntry = {
  readonly site: string;
  readonly area: string;
  readonly device: string;
  readonly model: string | null;
  readonly role: string | null;
  readonly labels: { readonly [name: string]: string };
};

export type PlantFiles = {
  readonly models: ReadonlyMap<string, DeviceModel>;
  /** By `site/area/device`. */
  readonly devices: ReadonlyMap<string, DeviceEntry>;
  /** One bad file never hides the others; its problems are here. */
  readonly problems: readonly FileProblem[];
};

export function readPlantFiles(rulesDir: string): PlantFiles {
  const modelFiles = readJsonFiles(path.join(rulesDir, 'models'), (file) => file.endsWith('.model.json'), modelFile);
  const deviceFiles = readJsonFiles(path.join(rulesDir, 'devices'), (file) => file.endsWith('.json'), deviceFile);
  const problems: FileProblem[] = [...modelFiles.problems, ...deviceFiles.problems];
  const models = new Map<string, DeviceModel>();
  for (const { file, value, at } of modelFiles.files) {
    if (models.has(value.model))
      problems.push({ file, ...at(['model']), message: `model '${value.model}' is described twice` });
    else models.set(value.model, { model: value.model, metrics: new Map(Object.entries(value.metrics)) });
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
          labels: entry.labels,
        });
      }
    }
  }
  return { models, devices, problems };
}
