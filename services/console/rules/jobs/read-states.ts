// The plant states that rules read. History has points only: what a state was then has to be said by whoever asks.

import type { CompiledRule } from '#rules/language/compile-rule.ts';
import { type Expression, walk } from '#rules/language/expression.ts';

export function statesReadBy(rules: readonly CompiledRule[]): string[] {
  const names = rules.flatMap(({ levels, enableWhen, suppressWhen }) =>
    [enableWhen, suppressWhen, ...levels.flatMap(({ condition, clearCondition }) => [condition, clearCondition])]
      .filter((each): each is Expression => each !== undefined)
      .flatMap((expression) => [...walk(expression)].flatMap(({ stateOf }) => stateOf ?? [])),
  );
  return [...new Set(names)].sort();
}
