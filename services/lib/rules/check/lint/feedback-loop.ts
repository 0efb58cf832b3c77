// R013: a command that changes a value by which its own rule decides, with nothing to damp it, switches back and forth. What
// a command changes is known where its verify reads it, or where an argument bears the metric's name on the same device.

import { isDeepStrictEqual } from 'node:util';
import type { CommandAction } from '../../language/compile-action.ts';
import type { CompiledRule } from '../../language/compile-rule.ts';
import { walk } from '../../language/expression.ts';
import { placedLevels } from './level-places.ts';
import type { Lint } from './lint.ts';

export const feedbackLoop: Lint = {
  code: 'R013',
  ofRule: (rule) => {
    const undamped = placedLevels(rule).filter(
      ({ spec }) => spec.deadband === undefined && spec.clearCondition === undefined,
    );
    const decisive = new Set(
      undamped.flatMap(({ level }) => [...walk(level.condition)].flatMap(({ inputOf }) => inputOf ?? [])),
    );
    return rule.actions.flatMap((action, i) => {
      if (action.type !== 'command' || action.rateLimit !== undefined) return [];
      const changed = rule.inputs.find((_, index) => decisive.has(index) && isChangedBy(action, index, rule));
      if (changed === undefined) return [];
      const message = `command '${action.command}' changes '${changed.name}', which decides this alarm; a deadband or a rateLimit keeps it from switching back and forth`;
      return [{ path: ['actions', i, 'command'], message, level: 'error' }];
    });
  },
};

function isChangedBy({ verify, target, args }: CommandAction, index: number, rule: CompiledRule): boolean {
  if (verify !== undefined && [...walk(verify.condition)].some(({ inputOf }) => inputOf === index)) return true;
  const input = rule.inputs[index];
  if (input?.select === undefined || !Object.hasOwn(args, input.metric)) return false;
  const { device, select = { device } } = target;
  return isDeepStrictEqual(input.select, select);
}
