// How the metrics of the device models look wherever they are drawn: their unit, the range of the sensor as the axis, the digits of
// its resolution, and the limits of the rules that watch them as lines. Of a metric that models have differently, only what they
// agree on.

import type { Priority } from '#domain/alarm.ts';
import type { DeviceModel, MetricModel } from '#runtime/plant-files.ts';
import { literally } from './literally.ts';
import { PRIORITY_COLOURS } from './palette.ts';
import { grafanaUnit } from './units.ts';

/** Properties of the fields whose name ends in that of the metric; a pattern. */
export type MetricLook = {
  readonly name: string;
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
};

/** A rule's comparison of a metric with a number. */
export type Limit = { readonly metric: string; readonly value: number; readonly priority: Priority };

export function metricLooks(models: readonly DeviceModel[], limits: readonly Limit[]): MetricLook[] {
  const metrics = new Map<string, MetricModel[]>();
  for (const model of models) {
    for (const [name, metric] of model.metrics) metrics.set(name, [...(metrics.get(name) ?? []), metric]);
  }
  return [...metrics]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, of]) => ({ name: literally(name), properties: propertiesOf(name, of, limits) }))
    .filter(({ properties }) => properties.length > 0);
}

function propertiesOf(name: string, of: readonly MetricModel[], limits: readonly Limit[]): MetricLook['properties'] {
  const agreed = <K extends keyof MetricModel>(key: K) =>
    of.every((each) => each[key] === of[0]?.[key]) ? of[0]?.[key] : undefined;
  const unit = agreed('unit');
  const resolution = agreed('resolution');
  const own = limits.filter(({ metric }) => metric === name);
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: grafanaUnit(unit) }]),
    ...(['min', 'max'] as const).flatMap((id) => {
      const value = agreed(id);
      return value === undefined ? [] : [{ id, value }];
    }),
    ...(resolution === undefined ? [] : [{ id: 'decimals', value: digitsOf(resolution) }]),
    ...(own.length === 0 ? [] : limitProperties(own)),
  ];
}

function limitProperties(limits: readonly Limit[]): MetricLook['properties'] {
  const steps = [...limits]
    .sort((a, b) => a.value - b.value)
    .map(({ value, priority }) => ({ value, color: PRIORITY_COLOURS[priority] }));
  return [
    { id: 'thresholds', value: { mode: 'absolute', steps: [{ value: null, color: 'transparent' }, ...steps] } },
    { id: 'custom.thresholdsStyle', value: { mode: 'dashed' } },
  ];
}

function digitsOf(resolution: number): number {
  return Math.max(0, Math.min(6, Math.ceil(-Math.log10(resolution) - 1e-9)));
}
