// R006: a deadband under the usual start for its kind of signal, as a part of the sensor's span.

import type { CompiledRule } from '../../language/compile-rule.ts';
import { walk } from '../../language/expression.ts';
import { formatValue } from '../../language/format-value.ts';
import { leastDeadband, signalOf } from '../usual-deadband.ts';
import { type PlacedLevel, placedLevels } from './level-places.ts';
import type { Facts, Lint, Remark } from './lint.ts';
import { rangesOf } from './metric-facts.ts';

export const smallDeadband: Lint = {
  code: 'R006',
  ofRule: (rule, facts) => placedLevels(rule).flatMap((placed) => ofLevel(placed, rule, facts)),
};

function ofLevel({ level, path, spec }: PlacedLevel, rule: CompiledRule, facts: Facts): Remark[] {
  if (spec.deadband === undefined) return [];
  const indexes = [...walk(level.condition)].flatMap(({ inputOf }) => inputOf ?? []);
  const name = rule.inputs[indexes[0] ?? -1]?.name;
  const input = name === undefined ? undefined : rule.source.inputs[name];
  if (name === undefined || input === undefined || indexes.length > 1) return [];
  if (!['last', 'min', 'max', 'avg'].includes(input.fn)) return [];
  const known = facts.get(name);
  // Where it may be one of several models, the least of their spans is certain to be asked for.
  const span = Math.min(...rangesOf(input, known).map(({ low, high }) => high - low));
  const unit = input.unit ?? known?.metrics[0]?.unit;
  const signal = signalOf({ metric: input.metric, unit });
  if (!Number.isFinite(span) || signal === undefined) return [];
  const least = leastDeadband(signal, span);
  if (spec.deadband >= least) return [];
  const message = `a deadband of ${spec.deadband} is small for a ${signal.name}: ${signal.share * 100} % of its span is ${formatValue(least)}`;
  return [{ path: [...path, 'deadband'], message, level: 'warn' }];
}
