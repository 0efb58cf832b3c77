// How the metrics of the device models look wherever they are drawn: their unit, the range of the sensor as the axis, the digits of
// its resolution, and the limits of the rules that watch them as lines. Of a metric that models have differently, only what they
// agree on.

import type { RuleLimit } from '#rules/rule-limits.ts';
import type { DeviceModel, MetricModel } from '#runtime/plant-files.ts';
import { literally } from './literally.ts';
import { PRIORITY_COLOURS } from './palette.ts';
import { grafanaUnit } from './units.ts';

type Properties = readonly { readonly id: string; readonly value: unknown }[];

/** Of the fields whose name is that of the metric, or ends in it behind a device's; a pattern. */
export type MetricLook = { readonly name: string; readonly look: Properties; readonly limits: Properties };

type OfModel = { readonly model: string; readonly metric: MetricModel };

export function metricLooks(models: readonly DeviceModel[], limits: readonly RuleLimit[]): MetricLook[] {
  const metrics = new Map<string, OfModel[]>();
  for (const { model, metrics: own } of models) {
    for (const [name, metric] of own) metrics.set(name, [...(metrics.get(name) ?? []), { model, metric }]);
  }
  return [...metrics]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, of]) => {
      const own = limits.filter((limit) => limit.metric === name && isOfAll(limit, of));
      return { name: literally(name), look: lookOf(of), limits: own.length === 0 ? [] : limitProperties(own) };
    });
}

/** Drawn for every device that has the metric, a limit must be one of them all, and in the unit that is drawn. */
function isOfAll({ unit, scope: { model, ...others } }: RuleLimit, of: readonly OfModel[]): boolean {
  // What else a scope says is about some devices only, by what no model says.
  const isOfSome = Object.keys(others).length > 0;
  const isEach = of.every(
    (each) => (model === undefined || each.model === model) && (unit ?? each.metric.unit) === each.metric.unit,
  );
  return isEach && (!isOfSome || of.length === 1);
}

function lookOf(of: readonly OfModel[]): Properties {
  const agreed = <K extends keyof MetricModel>(key: K) =>
    of.every(({ metric }) => metric[key] === of[0]?.metric[key]) ? of[0]?.metric[key] : undefined;
  const unit = agreed('unit');
  const resolution = agreed('resolution');
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: grafanaUnit(unit) }]),
    ...(['min', 'max'] as const).flatMap((id) => {
      const value = agreed(id);
      return value === undefined ? [] : [{ id, value }];
    }),
    ...(resolution === undefined ? [] : [{ id: 'decimals', value: digitsOf(resolution) }]),
  ];
}

function limitProperties(limits: readonly RuleLimit[]): Properties {
  const all = [...limits]
    .sort((a, b) => a.value - b.value)
    .map(({ value, priority }) => ({ value, color: PRIORITY_COLOURS[priority] }));
  const steps = [...new Map(all.map((step) => [JSON.stringify(step), step])).values()];
  return [
    { id: 'thresholds', value: { mode: 'absolute', steps: [{ value: null, color: 'transparent' }, ...steps] } },
    { id: 'custom.thresholdsStyle', value: { mode: 'dashed' } },
  ];
}

function digitsOf(resolution: number): number {
  return Math.max(0, Math.min(6, Math.ceil(-Math.log10(resolution) - 1e-9)));
}
