// What is known of a device's metrics: what its model says, and for what that leaves open what the device's birth says. The
// file wins; where the two cannot both be true that is said. A unit that can be converted is no contradiction: the device
// sends in its own.

import { converter } from '#rules/language/units.ts';
import type { DeviceModel, MetricModel } from '#runtime/plant-files.ts';

/** What a birth says of one metric. */
export type DeclaredMetric = {
  readonly type?: MetricModel['type'];
  /** UCUM code its values come in. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
};
export type Declared = ReadonlyMap<string, DeclaredMetric>;

/** How one metric's values are checked. */
export type MetricKnowledge = {
  readonly metric: MetricModel;
  /** From the unit that the device sends in, where it is another than the metric's. */
  readonly convert: ((value: number) => number) | undefined;
};

/** undefined: neither the model nor the birth has the metric. */
export function knowledgeOf(name: string, model: DeviceModel | null, declared: Declared): MetricKnowledge | undefined {
  const said = declared.get(name);
  const written = model?.metrics.get(name);
  if (written === undefined) {
    if (said === undefined || (model !== null && model.unknownMetrics !== 'admit')) return undefined;
    return { metric: { type: 'number', ...said }, convert: undefined };
  }
  if (said === undefined) return { metric: written, convert: undefined };
  const unit = written.unit ?? said.unit;
  const convert = said.unit === undefined || said.unit === unit ? undefined : converter(said.unit, unit ?? said.unit);
  const hasRange = written.min !== undefined || written.max !== undefined;
  const range = hasRange ? {} : { ...rangeEnd('min', said.min, convert), ...rangeEnd('max', said.max, convert) };
  return { metric: { ...written, ...(unit === undefined ? {} : { unit }), ...range }, convert };
}

/** A sentence for each thing that the birth and the model say differently. */
export function contradictionsOf(model: DeviceModel | null, declared: Declared): string[] {
  if (model === null) return [];
  const found: string[] = [];
  for (const [name, said] of declared) {
    const written = model.metrics.get(name);
    if (written === undefined) {
      if (model.unknownMetrics !== 'admit') found.push(`it has ${name}, which model ${model.model} has not`);
      continue;
    }
    if (said.type !== undefined && said.type !== written.type) {
      found.push(`its ${name} is a ${said.type}; model ${model.model} says a ${written.type}`);
    }
    const isOtherUnit = said.unit !== undefined && written.unit !== undefined && said.unit !== written.unit;
    if (isOtherUnit && converter(said.unit ?? '', written.unit ?? '') === undefined) {
      found.push(
        `its ${name} is in ${said.unit}; model ${model.model} says ${written.unit}, and the one cannot be converted to the other`,
      );
    }
  }
  return found.slice(0, CONTRADICTIONS_MAX);
}

/** A view with them is one message. */
const CONTRADICTIONS_MAX = 8;

function rangeEnd(
  key: 'min' | 'max',
  value: number | undefined,
  convert: MetricKnowledge['convert'],
): Partial<MetricModel> {
  return value === undefined ? {} : { [key]: convert?.(value) ?? value };
}
