// R005: a comparison of a measured value with neither deadband nor delay comes and goes with the noise of the sensor.

import { parseDuration } from '#domain/duration.ts';
import type { CompiledRule } from '../../language/compile-rule.ts';
import type { Expression } from '../../language/expression.ts';
import { placedLevels } from './level-places.ts';
import type { Lint } from './lint.ts';

const ANALOG = new Set(['>', '>=', '<', '<=', 'between']);
/** These count; they do not tremble. */
const COUNTED = new Set(['count', 'changes', 'timeIn']);

export const chatterProne: Lint = {
  code: 'R005',
  ofRule: (rule) => {
    if ((parseDuration(rule.source.offDelay) ?? 0) > 0) return [];
    return placedLevels(rule).flatMap(({ level, path, spec, onDelayMs }) => {
      if (onDelayMs > 0 || spec.deadband !== undefined || spec.clearCondition !== undefined) return [];
      const comparison = bareComparison(level.condition, rule);
      if (comparison === undefined) return [];
      const message = 'a measured value is compared with neither deadband nor delay, so noise makes it chatter';
      return [{ path: comparison.path.length > 0 ? comparison.path : path, message, level: 'warn' }];
    });
  },
};

/** The first comparison of a measured value that no `for` steadies. */
function bareComparison(expression: Expression, rule: CompiledRule): Expression | undefined {
  if (expression.name === 'for') return undefined;
  if (ANALOG.has(expression.name) && expression.parts.some((part) => isMeasured(part, rule))) return expression;
  for (const part of expression.parts) {
    const found = bareComparison(part, rule);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMeasured({ inputOf, parts }: Expression, rule: CompiledRule): boolean {
  if (inputOf === undefined) return parts.some((part) => isMeasured(part, rule));
  return !COUNTED.has(rule.inputs[inputOf]?.window?.fn ?? 'last');
}
