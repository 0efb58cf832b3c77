// What the rules service counts.

import type { HoldingEngine } from '#rules/engine/hold.ts';
import type { PipelineAlarm } from '#rules/engine/pipeline-alarms.ts';
import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';
import type { RulesParts } from './rules.ts';

const ISOLATED: PipelineAlarm = 'rule-isolated';

type Counting = Required<Pick<RulesParts, 'onInput' | 'onOutput' | 'onUnreadable'>>;

export function countRules(
  metrics: Metrics,
  { engine, log }: { readonly engine: HoldingEngine; readonly log: Log },
): Counting {
  const points = metrics.counter('rules_points_total', 'Points evaluated.');
  const reloads = metrics.counter('rules_reloads_total', 'Times that the rules were loaded.');
  const outputs = metrics.counter('rules_outputs_total', 'Alarms, journal entries, commands and notices decided.', [
    'kind',
  ]);
  const steps = metrics.counter('rules_clock_steps_total', 'Times that the clock of the server was set by over 10 s.');
  const isolated = metrics.counter('rules_isolated_total', 'Rules stopped because they threw or overran their budget.');
  const refused = metrics.counter(
    'rules_messages_refused_total',
    'Messages and lines of batches that could not be read.',
  );
  metrics.gauge('rules_unknown_series', 'Series of devices that no registry knows.', () => engine.unknownDevices.count);
  metrics.gauge(
    'rules_unknown_refused',
    'Inputs of devices that no registry knows which found no room since the start.',
    () => engine.unknownDevices.refused,
  );
  metrics.gauge(
    'rules_service_problems_refused',
    'Problems of services that found no room among the alarms since the start.',
    () => engine.problemsRefused,
  );
  metrics.gauge('rules_held', 'Inputs that wait for others that are late.', () => engine.waiting);
  metrics.gauge(
    'rules_held_hastened',
    'Inputs judged before their time was over because too many waited.',
    () => engine.hastened,
  );
  metrics.gauge('rules_instances', 'Alarm instances.', () => engine.instances.size);
  metrics.gauge(
    'rules_loaded',
    'Rules loaded, companions and alarms of the pipeline included.',
    () => engine.rules.size,
  );
  return {
    onInput(input) {
      const { kind } = input;
      if (kind === 'point') points.inc();
      else if (kind === 'reload') reloads.inc();
      else if (kind === 'clock-step') {
        steps.inc();
        log.warn({ from: input.from, to: input.to }, 'the clock of the server was set');
      }
    },
    onOutput(output) {
      outputs.inc({ kind: output.kind });
      if (output.kind !== 'journal' || output.entry.rule !== ISOLATED) return;
      const { event, instance: rule } = output.entry;
      if (event === 'RETURNED') log.info({ rule }, 'the rule is judged again');
      if (event !== 'ACTIVE') return;
      isolated.inc();
      const reason = engine.rules.get(rule)?.isolatedBecause;
      log.error({ rule, reason }, 'the rule was stopped, and nobody judges its alarms; save its file again');
    },
    onUnreadable(topic, reason) {
      refused.inc();
      log.debug({ topic, reason }, 'message not understood');
    },
  };
}
