// What a backtest says of each rule, those that never did anything and the alarms that a rule raises beside its own included.

import type { Priority } from '#domain/alarm.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { CommandCount } from './command-count.ts';
import type { RuleCount } from './episodes.ts';

export type RuleRow = {
  readonly rule: string;
  readonly name: string;
  readonly mode: 'active' | 'shadow' | 'disabled';
  /** The most urgent it can have. */
  readonly priority: Priority;
  /** Groups of devices that it watched; 0 says that no series fitted it. */
  readonly instances: number;
  /** Instances that were in alarm. */
  readonly alarms: number;
  readonly activations: number;
  readonly inAlarmMs: number;
  readonly longest: { readonly alarm: string; readonly from: number; readonly ms: number } | null;
  readonly chatterBouts: number;
  readonly commands: number;
  /** Why it was not evaluated any more from some moment on. */
  readonly stopped: string | null;
};

type Found = {
  readonly counts: ReadonlyMap<string, RuleCount>;
  readonly commands: CommandCount;
  readonly stopped: ReadonlyMap<string, string>;
  /** By `rule/site/area/instance`. */
  readonly instances: ReadonlyMap<string, unknown>;
};

export function ruleRows(rules: readonly CompiledRule[], found: Found): RuleRow[] {
  const instances = new Map<string, number>();
  for (const key of found.instances.keys()) {
    const rule = key.slice(0, key.indexOf('/'));
    instances.set(rule, (instances.get(rule) ?? 0) + 1);
  }
  return rules.flatMap((rule) => [rowOf(rule), ...rule.companions.filter(({ id }) => found.counts.has(id)).map(rowOf)]);

  function rowOf(rule: CompiledRule): RuleRow {
    const { id, name, levels, source } = rule;
    const count = found.counts.get(id);
    return {
      rule: id,
      name,
      mode: source.mode,
      priority: levels.at(-1)?.priority ?? source.priority,
      instances: instances.get(id) ?? 0,
      alarms: count?.alarms.size ?? 0,
      activations: count?.activations ?? 0,
      inAlarmMs: count?.inAlarmMs ?? 0,
      longest: count?.longest ?? null,
      chatterBouts: count?.chatterBouts ?? 0,
      commands: found.commands.sentByRule.get(id) ?? 0,
      stopped: found.stopped.get(id) ?? null,
    };
  }
}
