// R021: levels of which one is never seen: two of one priority, or a less urgent one that holds only while a more urgent one
// does, such as low above 90 beside medium above 80. Mostly two limits were swapped.

import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import type { CompiledRule } from '../../language/compile-rule.ts';
import type { Expression } from '../../language/expression.ts';
import { excludesBoth } from './joint.ts';
import { type PlacedLevel, placedLevels } from './level-places.ts';
import type { Lint, Remark } from './lint.ts';
import { possibleOf } from './possible.ts';

export const levelOrder: Lint = {
  code: 'R021',
  ofRule: (rule) => {
    const levels = placedLevels(rule);
    return levels.flatMap((level, i) => {
      const before = levels.slice(0, i).some(({ spec }) => spec.priority === level.spec.priority);
      return before ? [ofTwice(level)] : ofHidden(level, levels, rule);
    });
  },
};

function ofTwice({ path, spec: { priority } }: PlacedLevel): Remark {
  const message = `two levels are ${priority}, and nobody is told when one becomes the other`;
  return { path: [...path, 'priority'], message, level: 'warn' };
}

function ofHidden(hidden: PlacedLevel, levels: readonly PlacedLevel[], rule: CompiledRule): Remark[] {
  const numbersOf = (part: Expression) => possibleOf(part, rule, new Map()).numbers;
  const by = levels.find(
    (other) =>
      urgency(other.spec.priority) > urgency(hidden.spec.priority) &&
      // One that waits longer lets the other be seen before it.
      other.onDelayMs <= hidden.onDelayMs &&
      excludesBoth([hidden.level.condition, true], [other.level.condition, false], numbersOf),
  );
  if (by === undefined) return [];
  const message = `the level ${hidden.spec.priority} is never seen: whenever it holds, ${by.spec.priority} holds too`;
  return [{ path: [...hidden.path, 'condition'], message, level: 'warn' }];
}

const urgency = (priority: Priority): number => -PRIORITIES.indexOf(priority);
