// The alarm that a person names, `rule/site/area/instance` as the journal has it or `site/area/rule/instance` as topics have it;
// and the rules that must run with it, since it reads their alarms.

import { didYouMean } from '#runtime/json-file.ts';
import type { CompiledRule } from '../language/compile-rule.ts';

/** The id of its rule, which may be that of a companion, and the name that the engine keeps it under. */
export type NamedAlarm = { readonly rule: CompiledRule; readonly key: string };

/** The alarm, or a sentence about what is wrong with its name. */
export function namedAlarm(text: string, rules: readonly CompiledRule[]): NamedAlarm | string {
  const parts = text.split('/');
  if (parts.length < 4 || parts.some((part) => part === ''))
    return `'${text}' names no alarm: write rule/site/area/instance or site/area/rule/instance`;
  const [a = '', b = '', c = '', ...instance] = parts;
  const known = rules.flatMap((rule) => [rule.id, ...rule.companions.map(({ id }) => id)]);
  const owner = (id: string) => rules.find((rule) => rule.id === id || rule.companions.some((each) => each.id === id));
  const [first, third] = [owner(a), owner(c)];
  if (first !== undefined) return { rule: first, key: text };
  if (third !== undefined) return { rule: third, key: [c, a, b, ...instance].join('/') };
  return `there is no rule '${a}' and no rule '${c}'${didYouMean(a, known) || didYouMean(c, known) || '; a disabled rule has no alarms'}`;
}

/** The rule with those whose alarms decide about its own, and theirs. */
export function rulesBehind(rule: CompiledRule, rules: readonly CompiledRule[]): CompiledRule[] {
  const behind = new Set([rule]);
  for (const each of behind) {
    const names = new Set([...each.readsAlarms, ...each.inhibitedBy.map((by) => by.rule)]);
    for (const other of rules) {
      const isSameGroup = each.firstOutGroup !== undefined && other.firstOutGroup === each.firstOutGroup;
      if (isSameGroup || [other, ...other.companions].some(({ id }) => names.has(id))) behind.add(other);
    }
  }
  return [...behind];
}
