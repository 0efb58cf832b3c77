// The numbers that rules compare a metric with, to be drawn where the metric is. Only plain comparisons of an input's last value or
// mean, in the metric's own unit: a limit of anything else would be a line at the wrong place.

import { isPlainObject } from '#domain/plain-object.ts';
import { writtenLevels } from '#rules/check/lint/level-places.ts';
import type { CompiledRule } from '#rules/language/compile-rule.ts';
import type { RuleFile } from '#rules/language/rule-schema.ts';
import type { Limit } from './metric-looks.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['>', '>=', '<', '<=']);
const OF_THE_VALUE: ReadonlySet<string> = new Set(['last', 'mean', 'min', 'max']);

export function limitsOf(rules: readonly CompiledRule[]): Limit[] {
  const all = rules.flatMap(({ source }) =>
    writtenLevels(source).flatMap(({ spec }) =>
      comparedIn(spec.condition, source).map((each) => ({ ...each, priority: spec.priority, ...aboutOf(source) })),
    ),
  );
  return [...new Map(all.map((limit) => [JSON.stringify(limit), limit])).values()];
}

function aboutOf({ scope = {} }: RuleFile): Pick<Limit, 'model' | 'isOfSome'> {
  const { model, ...others } = scope;
  return { model, isOfSome: Object.keys(others).length > 0 };
}

type Compared = Pick<Limit, 'metric' | 'unit' | 'value'>;

function comparedIn(node: unknown, file: RuleFile): Compared[] {
  if (Array.isArray(node)) return node.flatMap((each) => comparedIn(each, file));
  if (!isPlainObject(node)) return [];
  return Object.entries(node).flatMap(([operator, operands]) => {
    if (!COMPARISONS.has(operator) || !Array.isArray(operands)) return comparedIn(operands, file);
    const [left, right] = operands as readonly unknown[];
    const metric = metricOf(left, file) ?? metricOf(right, file);
    const value = numberOf(right, file) ?? numberOf(left, file);
    return operands.length !== 2 || metric === undefined || value === undefined ? [] : [{ ...metric, value }];
  });
}

function metricOf(node: unknown, { inputs }: RuleFile): Pick<Limit, 'metric' | 'unit'> | undefined {
  const name = isPlainObject(node) && typeof node.var === 'string' ? node.var : undefined;
  const input = name === undefined ? undefined : inputs[name];
  return input !== undefined && OF_THE_VALUE.has(input.fn) ? { metric: input.metric, unit: input.unit } : undefined;
}

/** A number, or a param that no device sets for itself. */
function numberOf(node: unknown, { params }: RuleFile): number | undefined {
  if (typeof node === 'number') return node;
  if (!isPlainObject(node) || typeof node.param !== 'string') return undefined;
  const param = params?.[node.param];
  return typeof param?.default === 'number' && param.source === undefined ? param.default : undefined;
}
