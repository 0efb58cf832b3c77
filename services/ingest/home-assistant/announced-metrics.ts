// Which metrics of a device are shown: those of its model, those that its birth declares, and those that nobody says anything of
// and that it has sent, as a device without a model does.

import { type MetricModel, maxAgeOf } from '#runtime/plant-files.ts';
import type { KnownDevice } from '../devices/known-device.ts';
import { knowledgeOf } from '../devices/metric-knowledge.ts';
import type { AnnouncedMetric } from './entity.ts';

type Device = Pick<KnownDevice, 'model' | 'declared'>;

/** @param sent types of the values that have come, by metric */
export function announcedMetrics(
  { model, declared }: Device,
  sent: ReadonlyMap<string, MetricModel['type']>,
): ReadonlyMap<string, AnnouncedMetric> {
  const names = new Set([...(model?.metrics.keys() ?? []), ...declared.keys(), ...sent.keys()]);
  const found = new Map<string, AnnouncedMetric>();
  for (const name of names) {
    const known = knowledgeOf(name, model, declared)?.metric;
    const type = sent.get(name);
    if (known !== undefined) {
      // What is only set by commands has no value to show.
      if (known.access !== 'write' || type !== undefined) found.set(name, known);
    } else if (type !== undefined && admitsUnknown(model)) found.set(name, { type });
  }
  return found;
}

/** How long a value stands for the plant, by metric; a metric without an interval may be as old as it is. */
export function agesOf(metrics: ReadonlyMap<string, AnnouncedMetric>): ReadonlyMap<string, number> {
  return new Map(
    Array.from(metrics).flatMap(([name, metric]) => (metric.interval === undefined ? [] : [[name, maxAgeOf(metric)]])),
  );
}

/** Whether the device may have a metric of that name at all. */
export function mayHave({ model, declared }: Device, metric: string): boolean {
  return knowledgeOf(metric, model, declared) !== undefined || admitsUnknown(model);
}

function admitsUnknown(model: Device['model']): boolean {
  return model === null || model.unknownMetrics === 'admit';
}
