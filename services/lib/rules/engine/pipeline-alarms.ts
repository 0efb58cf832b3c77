// Alarms of the pipeline itself, as rules that nobody wrote: raised and returned by the service that notices. They live in
// the area `penstock/pipeline`, one instance per rule or file that is the matter, and are acknowledged like any other.

import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import { type CompiledLevel, type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { isRaised, notRaised } from '../language/own-conditions.ts';
import { ruleSchema } from '../language/rule-schema.ts';

type Spec = {
  readonly name: string;
  readonly priority: Priority;
  readonly response: string;
  readonly ackRequired?: boolean;
  /** What raises it says how urgent it is; `priority` is that of a reason that does not say. */
  readonly hasLevels?: boolean;
  readonly offDelayMs?: number;
};

const ALARMS = {
  // Everything that was watched still is, as it was watched before, and there are hours to mend the file: ISA-18.2 gives
  // that no high priority. Mended, it is over: an operator who had to acknowledge every slip of the pen would learn not to look.
  'rule-refused': {
    name: 'Rule file refused',
    priority: 'medium',
    ackRequired: false,
    response: 'Run `penstock rules check`; the last good version of the rule stays active until its file is mended',
  },
  'rule-isolated': {
    name: 'Rule stopped',
    priority: 'high',
    response:
      'Nobody judges its alarms: watch what it watches. Save its file again, as it is or mended, and it is judged again; where it is stopped again, simplify it or shorten its windows',
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
  'service-problem': {
    name: 'Problem of a service',
    priority: 'medium',
    hasLevels: true,
    // What comes and goes every second is one alarm, and calls nobody again and again.
    offDelayMs: 10_000,
    response: 'Do what the reason says; the alarm returns by itself when the service says that it is well',
  },
} as const satisfies Record<string, Spec>;

export type PipelineAlarm = keyof typeof ALARMS;

export const PIPELINE_RULES: readonly CompiledRule[] = Object.entries<Spec>(ALARMS).map(
  ([id, { name, priority, response, ackRequired = true, hasLevels = false, offDelayMs = 0 }]) => {
    const file = ruleSchema.parse({
      ...{ id, name, priority, ackRequired, inputs: { none: 'none' }, condition: false },
      rationalisation: { response, timeToRespond: '1h' },
    });
    const compiled = compileRule(file);
    if (Array.isArray(compiled)) throw new Error(`the alarm ${id} does not compile: ${JSON.stringify(compiled)}`);
    return {
      ...compiled,
      ...{ inputs: [], offDelayMs },
      levels: hasLevels ? PRIORITIES.toReversed().map((each) => levelOf(each, each)) : [levelOf(priority, undefined)],
    };
  },
);

function levelOf(priority: Priority, raisedAs: Priority | undefined): CompiledLevel {
  return { priority, condition: isRaised(raisedAs), clearCondition: notRaised(raisedAs), onDelayMs: 0 };
}
