// Alarms of the pipeline that another rules service keeps, as problems of this one: that other one makes alarms of them. Files
// that are refused are not among them, since all read the same.

import type { Problem } from '#domain/service.ts';
import type { LoadedRule } from '#rules/engine/loaded-rule.ts';
import type { PipelineAlarm } from '#rules/engine/pipeline-alarms.ts';

const TOLD: readonly PipelineAlarm[] = ['rule-isolated', 'devices-unknown', 'notification-failed'];

export function pipelineProblems(
  rules: ReadonlyMap<string, Pick<LoadedRule, 'instances' | 'rule'>>,
): readonly Problem[] {
  return TOLD.flatMap((id) => {
    const loaded = rules.get(id);
    const raised = [...(loaded?.instances ?? [])].filter(({ state }) => state.raisedBecause !== null);
    if (loaded === undefined || raised.length === 0) return [];
    const text = raised.map(({ name, state }) => `${name}: ${state.raisedBecause}`).join('; ');
    const [level] = loaded.rule.levels;
    return [{ id, text: `${loaded.rule.name}: ${text}`, ...(level === undefined ? {} : { priority: level.priority }) }];
  });
}
