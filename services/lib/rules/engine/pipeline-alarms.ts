// Alarms of the pipeline itself, as rules that nobody wrote: raised and returned by the service that notices. They live in
// the area `penstock/pipeline`, one instance per rule or file that is the matter, and are acknowledged like any other.

import type { Priority } from '#domain/alarm.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { isRaised, notRaised } from '../language/own-conditions.ts';
import { ruleSchema } from '../language/rule-schema.ts';

/** Where they are. */
export const PIPELINE = { site: 'penstock', area: 'pipeline' } as const;

const ALARMS = {
  'rule-refused': {
    name: 'Rule file refused',
    priority: 'high',
    response: 'Run `penstock rules check`; the last good version of the rule stays active until its file is mended',
  },
  'rule-isolated': {
    name: 'Rule stopped',
    priority: 'high',
    response: 'Simplify the rule or shorten its windows and save it; it is evaluated again from then on',
  },
  'devices-unknown': {
    name: 'Unknown devices refused',
    priority: 'high',
    response:
      'Find out who publishes under names that no registry knows; raise `rules.unknownSeriesMax` where they are right',
  },
  'notification-failed': {
    name: 'Notification not delivered',
    priority: 'high',
    response: 'Look at the receiver in rules/notify/receivers.json, and tell people by other means meanwhile',
  },
} as const satisfies Record<string, { name: string; priority: Priority; response: string }>;

export type PipelineAlarm = keyof typeof ALARMS;

export const PIPELINE_RULES: readonly CompiledRule[] = Object.entries(ALARMS).map(
  ([id, { name, priority, response }]) => {
    const file = ruleSchema.parse({
      ...{ id, name, priority, inputs: { none: 'none' }, condition: false },
      rationalisation: { response, timeToRespond: '1h' },
    });
    const compiled = compileRule(file);
    if (Array.isArray(compiled)) throw new Error(`the alarm ${id} does not compile: ${JSON.stringify(compiled)}`);
    return {
      ...compiled,
      inputs: [],
      levels: [{ priority, condition: isRaised(), clearCondition: notRaised(), onDelayMs: 0 }],
    };
  },
);
