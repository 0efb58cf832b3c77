// What two sets of rules differ in, and what that means for the alarms that stand while the newer one is loaded.

import type { CompiledRule } from '../language/compile-rule.ts';
import { type Change, describeChanges } from './describe-change.ts';

/** What happens to an alarm's state at the reload. */
export type StateAfter =
  /** All of it is kept. */
  | 'kept'
  /** Active, acknowledged, latched and shelved are kept; evidence of delays begins anew. */
  | 'evidence-anew'
  /** Other devices or groups: alarms of groups that are no more are retired. */
  | 'instances-anew'
  | 'new'
  | 'retired';

export type RuleDiff = {
  readonly rule: string;
  readonly kind: 'new' | 'removed' | 'changed';
  readonly changes: readonly Change[];
  readonly state: StateAfter;
};

type Rules = ReadonlyMap<string, CompiledRule>;

/** One entry per rule that differs, in the order of their ids. */
export function diffRules(before: Rules, after: Rules): RuleDiff[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.flatMap((rule): RuleDiff[] => {
    const [a, b] = [before.get(rule), after.get(rule)];
    if (a === undefined) return [{ rule, kind: 'new', changes: [], state: 'new' }];
    if (b === undefined) return [{ rule, kind: 'removed', changes: [], state: 'retired' }];
    const changes = describeChanges(a.source, b.source);
    return changes.length === 0 ? [] : [{ rule, kind: 'changed', changes, state: stateAfter(a, b) }];
  });
}

const IDENTITY = ['scope', 'groupBy', 'span'] as const;

function stateAfter(before: CompiledRule, after: CompiledRule): StateAfter {
  if (after.source.mode === 'disabled') return 'retired';
  if (before.source.mode === 'disabled') return 'new';
  if (before.logicRev === after.logicRev) return 'kept';
  const isOther = IDENTITY.some(
    (field) => JSON.stringify(before.source[field]) !== JSON.stringify(after.source[field]),
  );
  return isOther ? 'instances-anew' : 'evidence-anew';
}

const STATE_WORDS: { readonly [state in StateAfter]: string } = {
  kept: 'all state is kept',
  'evidence-anew': 'gathered evidence starts anew',
  'instances-anew': 'alarms of groups that are no more are retired, gathered evidence starts anew',
  new: 'its alarms begin',
  retired: 'its alarms are retired',
};

/** `tank-temp-high: limit 80 → 85 Cel; onDelay 20s → 30s; gathered evidence starts anew`. */
export function diffSentence({ rule, kind, changes, state }: RuleDiff): string {
  const what = kind === 'changed' ? changes.map(({ text }) => text) : [kind];
  return `${rule}: ${[...what, STATE_WORDS[state]].join('; ')}`;
}
