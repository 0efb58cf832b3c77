// Names that a rule cannot have, because an alarm bears them already: those of the pipeline itself, and those that other rules
// raise beside their own (`<rule>.no-data`, `<rule>.<action>`). One of the two would silently stand for the other.

import { WATCHDOG_RULE } from '#domain/heartbeat.ts';
import { PIPELINE_RULES } from '../engine/pipeline-alarms.ts';
import type { RuleFile } from '../language/rule-schema.ts';
import type { Remark, SetMember, SetRemark } from './lint/lint.ts';

export const PIPELINE_NAMES: ReadonlySet<string> = new Set([...PIPELINE_RULES.map(({ id }) => id), WATCHDOG_RULE]);

/** The rule is named like an alarm of the pipeline itself. */
export function pipelineNames({ id }: RuleFile): Remark[] {
  if (!PIPELINE_NAMES.has(id)) return [];
  const message = `'${id}' is an alarm of the pipeline itself; give the rule and its file another name`;
  return [{ path: ['id'], message, level: 'error' }];
}

/** A rule that is named like an alarm which another one raises is refused; of two that raise one name, the later. */
export function takenNames(members: readonly SetMember[]): SetRemark[] {
  const raisedBy = new Map<string, string>();
  const twice: SetRemark[] = [];
  for (const member of members)
    for (const { id, companionOf } of member.rule.companions) {
      const owner = raisedBy.get(id);
      if (owner === undefined) raisedBy.set(id, member.rule.id);
      else {
        const message = `the alarm '${id}' is raised by rule '${owner}' already; give what raises it here another id`;
        twice.push({ member, path: placeOf(member, companionOf?.name ?? ''), message, level: 'error' });
      }
    }
  const named = members.flatMap((member): SetRemark[] => {
    const owner = raisedBy.get(member.rule.id);
    if (owner === undefined) return [];
    const message = `'${member.rule.id}' is the alarm that rule '${owner}' raises beside its own; give the rule and its file another name`;
    return [{ member, path: ['id'], message, level: 'error' }];
  });
  return [...named, ...twice];
}

/** Where the rule gives the alarm its name. */
function placeOf({ rule: { source } }: SetMember, name: string): Remark['path'] {
  for (const [i, action] of source.actions.entries()) {
    if (action.type === 'alarm' && action.id === name) return ['actions', i, 'id'];
    if (action.type !== 'command') continue;
    const failure = action.onFailure.findIndex((each) => each.type === 'alarm' && each.id === name);
    if (failure !== -1) return ['actions', i, 'onFailure', failure, 'id'];
  }
  return ['noData'];
}
