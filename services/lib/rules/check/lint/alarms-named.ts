// The other alarms that a rule names, each with its place: what inhibits it, and what its conditions read.

import type { CompiledRule } from '../../language/compile-rule.ts';
import { type Path, walk } from '../../language/expression.ts';

export type NamedAlarm = { readonly alarm: string; readonly path: Path };

export function alarmsNamed(rule: CompiledRule): NamedAlarm[] {
  const read = [
    ...rule.levels.flatMap(({ condition, clearCondition }) => [condition, clearCondition]),
    rule.enableWhen,
    rule.suppressWhen,
  ]
    .flatMap((each) => (each === undefined ? [] : [...walk(each)]))
    .flatMap(({ alarmOf, path }) => (alarmOf === undefined ? [] : [{ alarm: alarmOf, path }]));
  return [...rule.inhibitedBy.map(({ rule: alarm }, i) => ({ alarm, path: ['inhibitedBy', i, 'rule'] })), ...read];
}

/** `<id>.no-data` and `<id>.<action>` are alarms of the rule <id>; an empty text where it can be none. */
export function ownerOf(alarm: string): string {
  return alarm.slice(0, Math.max(0, alarm.lastIndexOf('.')));
}
