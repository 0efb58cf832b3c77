// The numbers that rules compare a metric with, to be drawn where the metric is. Only plain comparisons of an input's last value or
// mean, in the unit that the rule says: a limit of anything else would be a line at the wrong place.

import type { Priority } from '#domain/alarm.ts';
import { isPlainObject } from '#domain/plain-object.ts';
import { writtenLevels } from './check/lint/level-places.ts';
import type { CompiledRule } from './language/compile-rule.ts';
import type { RuleFile } from './language/rule-schema.ts';

/** A rule's comparison of a metric with a number. */
export type RuleLimit = {
  /** Id of the rule. */
  readonly rule: string;
  readonly metric: string;
  readonly value: number;
  /** Whether the alarm is above the limit, or below it. */
  readonly isHigh: boolean;
  readonly priority: Priority;
  /** undefined: the metric's own. */
  readonly unit: string | undefined;
  /** Which devices the rule is about. */
  readonly scope: NonNullable<RuleFile['scope']>;
};

const COMPARISONS: ReadonlySet<string> = new Set(['>', '>=', '<', '<=']);
const OF_THE_VALUE: ReadonlySet<string> = new Set(['last', 'mean', 'min', 'max']);

export function limitsOf(rules: readonly CompiledRule[]): RuleLimit[] {
  return rules.flatMap(({ id, source }) => {
    const all = writtenLevels(source).flatMap(({ spec }) =>
      comparedIn(spec.condition, source).map((each) => ({
        ...each,
        rule: id,
        priority: spec.priority,
        scope: source.scope ?? {},
      })),
    );
    return [...new Map(all.map((limit) => [JSON.stringify(limit), limit])).values()];
  });
}

type Compared = Pick<RuleLimit, 'metric' | 'unit' | 'value' | 'isHigh'>;

function comparedIn(node: unknown, file: RuleFile): Compared[] {
  if (Array.isArray(node)) return node.flatMap((each) => comparedIn(each, file));
  if (!isPlainObject(node)) return [];
  return Object.entries(node).flatMap(([operator, operands]) => {
    if (!COMPARISONS.has(operator) || !Array.isArray(operands)) return comparedIn(operands, file);
    const [left, right] = operands as readonly unknown[];
    const metric = metricOf(left, file) ?? metricOf(right, file);
    const value = numberOf(right, file) ?? numberOf(left, file);
    if (operands.length !== 2 || metric === undefined || value === undefined) return [];
    return [{ ...metric, value, isHigh: operator.startsWith('>') === (metricOf(left, file) !== undefined) }];
  });
}

function metricOf(node: unknown, { inputs }: RuleFile): Pick<RuleLimit, 'metric' | 'unit'> | undefined {
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
