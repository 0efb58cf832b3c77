// The limits of a rule as the chart of a backtest draws them: comparisons of an input with a number that never changes. What a device
// reports of its own limits is not in the history: in a backtest such a param has its default throughout.

import type { Priority } from '#domain/alarm.ts';
import type { CompiledLevel, CompiledRule } from '../language/compile-rule.ts';
import { type Expression, type Frame, walk } from '../language/expression.ts';

const MIRRORED = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '==': '==', '!=': '!=' } as const;
export type LimitOperator = keyof typeof MIRRORED;
/** What a deadband makes of the comparison that raises; nothing of one that has no two sides. */
const CLEARS: { readonly [operator in LimitOperator]?: LimitOperator } = {
  '>': '<=',
  '>=': '<=',
  '<': '>=',
  '<=': '>=',
};

export type LimitLine = {
  readonly input: string;
  readonly operator: LimitOperator;
  readonly value: number;
  /** Of its level. */
  readonly priority: Priority;
  /** The limit that raises, or the one that ends it. */
  readonly kind: 'raises' | 'clears';
};

/** Most urgent last. A clear limit that is the one that raises is not told twice. */
export function limitLines(rule: CompiledRule): LimitLine[] {
  return rule.levels.flatMap((level) => {
    const raising = linesIn(rule, level, 'raises');
    const isTold = ({ input, value }: LimitLine) =>
      raising.some((other) => other.input === input && other.value === value);
    return [...raising, ...linesIn(rule, level, 'clears').filter((line) => !isTold(line))];
  });
}

function linesIn(rule: CompiledRule, level: CompiledLevel, kind: LimitLine['kind']): LimitLine[] {
  const { comparisons } = kind === 'raises' ? level.condition : level.clearCondition;
  return comparisons.flatMap((comparison) => {
    const [left, right] = comparison.parts;
    if (left === undefined || right === undefined) return [];
    const isLeft = left.inputOf !== undefined;
    const [index, limit] = isLeft ? [left.inputOf, right] : [right.inputOf, left];
    const input = rule.inputs[index ?? -1];
    const value = fixedNumber(limit, rule);
    const operator = operatorOf(comparison, level);
    if (input === undefined || value === undefined || operator === undefined) return [];
    const isMirrored = !isLeft && comparison.name !== 'clear';
    return [
      {
        input: input.name,
        operator: isMirrored ? MIRRORED[operator] : operator,
        value,
        priority: level.priority,
        kind,
      },
    ];
  });
}

/** A deadband's comparison bears no operator's name, and always has its input on the left. */
function operatorOf({ name }: Expression, { condition }: CompiledLevel): LimitOperator | undefined {
  if (name !== 'clear') return isOperator(name) ? name : undefined;
  if (!isOperator(condition.name)) return undefined;
  const isLeft = condition.parts[0]?.inputOf !== undefined;
  return CLEARS[isLeft ? condition.name : MIRRORED[condition.name]];
}

function isOperator(name: string): name is LimitOperator {
  return Object.hasOwn(MIRRORED, name);
}

/** What an expression is worth that reads nothing of the plant; undefined for any other, and for what is no number. */
function fixedNumber(expression: Expression, rule: CompiledRule): number | undefined {
  for (const { parts, constant, paramOf } of walk(expression)) {
    if (parts.length > 0 || constant !== undefined) continue;
    if (paramOf === undefined || rule.params[paramOf]?.source?.from === 'labels') return undefined;
  }
  const params = rule.params.map(({ value }) => value);
  const value = expression.evaluate({ params } as unknown as Frame);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
