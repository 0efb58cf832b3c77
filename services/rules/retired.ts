// Alarms that nobody evaluates any more: their rule was deleted, disabled or put in shadow while they were shown. Left alone
// they would stay retained for ever, and nobody could acknowledge them. A rule whose file is merely broken is not retired:
// its alarms stay as they are until the file is mended.

import path from 'node:path';
import { alarmState, isAnnunciated } from '#domain/alarm.ts';
import { topics } from '#domain/topic.ts';
import type { SavedState } from '#rules/engine/engine.ts';
import type { RuleFiles } from '#rules/rule-files.ts';

export type Retired = {
  readonly key: string;
  /** Where its alarm may still be retained; undefined where it was not shown. */
  readonly topic: string | undefined;
  /** Whether its state is still wanted: in shadow it is evaluated on. */
  readonly isKept: boolean;
};

export function retiredAlarms(saved: readonly SavedState[], { rules, problems }: RuleFiles): Retired[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const broken = new Set(problems.map(({ file }) => path.basename(file, '.json')));
  return saved.flatMap(({ key, state }) => {
    const [id = '', site = '', area = '', instance = ''] = key.split('/');
    const rule = byId.get(id);
    if (broken.has(id) || (rule !== undefined && !rule.isShadow)) return [];
    const isShown = isAnnunciated(alarmState(state));
    if (rule !== undefined && !isShown) return [];
    const topic = isShown ? topics.alarm({ site, area, rule: id, instance }) : undefined;
    return [{ key, topic, isKept: rule !== undefined }];
  });
}
