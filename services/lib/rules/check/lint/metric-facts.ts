// What models know of the metric behind an input. Certain where the model of its device is written down (scope or select);
// else a guess from every model that has a metric of that name, since a device that no file describes may bring it too.
// What is guessed never makes an error.

import { parseDuration } from '#domain/duration.ts';
import { converter } from '#rules/language/units.ts';
import type { DeviceModel, MetricModel } from '#runtime/plant-files.ts';
import type { InputSpec, RuleFile } from '../../language/rule-schema.ts';
import type { Facts } from './lint.ts';

export type MetricFacts = {
  /** The model that the device must be of; undefined where the rule leaves it open. */
  readonly model: DeviceModel | undefined;
  /** The metric as the model, or each model that has one of that name, describes it; none where nothing is known. */
  readonly metrics: readonly MetricModel[];
  /** Whether `metrics` is all there is. */
  readonly isCertain: boolean;
};

export type Models = ReadonlyMap<string, DeviceModel>;

/** Every description of a metric, by its name; made once for a set of rules. */
export type MetricIndex = { readonly models: Models; readonly byMetric: ReadonlyMap<string, readonly MetricModel[]> };

export function indexMetrics(models: Models): MetricIndex {
  const byMetric = new Map<string, MetricModel[]>();
  for (const { metrics } of models.values())
    for (const [name, metric] of metrics) byMetric.set(name, [...(byMetric.get(name) ?? []), metric]);
  return { models, byMetric };
}

export function factsOf({ scope, inputs }: RuleFile, { models, byMetric }: MetricIndex): Facts {
  return new Map(
    Object.entries(inputs).map(([name, { metric, select }]): [string, MetricFacts] => {
      // A selected device may stand outside the scope, so that the model of the scope says nothing of it.
      const wanted = select === undefined ? scope.model : select.model;
      const model = wanted === undefined ? undefined : models.get(wanted);
      const own = model?.metrics.get(metric);
      if (wanted !== undefined) return [name, { model, metrics: own === undefined ? [] : [own], isCertain: true }];
      return [name, { model: undefined, metrics: byMetric.get(metric) ?? [], isCertain: false }];
    }),
  );
}

export type Range = { readonly low: number; readonly high: number };

/** What the sensor of each model can give, in the unit of the input; none where a limit or a unit is not known. */
export function rangesOf(input: InputSpec | undefined, facts: MetricFacts | undefined): readonly Range[] {
  const ranges = (facts?.metrics ?? []).map(({ type, unit, min, max }) => {
    const to = input?.unit;
    const convert = to === undefined ? (value: number) => value : converter(unit ?? to, to);
    if (type !== 'number' || min === undefined || max === undefined || convert === undefined) return undefined;
    const [a, b] = [convert(min), convert(max)];
    return { low: Math.min(a, b), high: Math.max(a, b) };
  });
  return ranges.includes(undefined) ? [] : ranges.filter((each) => each !== undefined);
}

/** All values that a sensor can give, of whichever model it is; undefined where that is not known. */
export function rangeOf(input: InputSpec | undefined, facts: MetricFacts | undefined): Range | undefined {
  const ranges = rangesOf(input, facts);
  if (ranges.length === 0) return undefined;
  return { low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
}

/** The shortest interval that any model names, ms; undefined where none does. */
export function intervalOf(facts: MetricFacts | undefined): number | undefined {
  const intervals = (facts?.metrics ?? []).flatMap(({ interval }) =>
    interval === undefined ? [] : (parseDuration(interval) ?? []),
  );
  return intervals.length === 0 ? undefined : Math.min(...intervals);
}
