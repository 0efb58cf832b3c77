// Rules as a process: batches, operations, replies and states in; alarms, journal and commands out.

import path from 'node:path';
import { filters } from '#domain/topic.ts';
import { readRules } from '#rules/rule-files.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { readPlantFiles, requireRulesFolder } from '#runtime/plant-files.ts';
import { runService } from '#runtime/process.ts';
import { rulesSection } from './config.ts';
import { openEngine } from './open-engine.ts';
import { openStateStore } from './open-state-store.ts';
import { Rules } from './rules.ts';

/** How late a deadline may be noticed: well under the shortest delay that a rule is written with. */
const TICK_MS = 100;

await runService('rules', { rules: rulesSection }, async (service) => {
  const { config, log, metrics, now, stack, health } = service;
  requireRulesFolder(config.rules.dir);
  const { models } = readPlantFiles(config.rules.dir);
  const { rules, problems } = readRules(config.rules.dir);
  for (const problem of problems) log.error(formatProblem(problem));
  health.add('rules', () => (problems.length === 0 ? undefined : `${problems.length} problems in rule files`));
  const points = metrics.counter('rules_points_total', 'Points evaluated.');
  const outputs = metrics.counter('rules_outputs_total', 'Alarms, journal entries and commands decided.', ['kind']);
  const refused = metrics.counter(
    'rules_messages_refused_total',
    'Messages and lines of batches that could not be read.',
  );
  const store = stack.use(openStateStore(path.join(config.root.data, 'rules', 'state.db')));
  const onAmbiguous = (message: string) => log.warn(message);
  const engine = openEngine({ rules, problems }, store, { models, startedAt: now(), onAmbiguous });
  metrics.gauge('rules_instances', 'Alarm instances.', () => engine.instances.size);
  const bus = service.openBus();
  const alarms = stack.use(
    new Rules({
      engine,
      store,
      publish: (topic, payload, retain) => bus.publish(topic, payload, { retain }),
      now,
      onPoint: () => points.inc(),
      onOutput: ({ kind }) => outputs.inc({ kind }),
      onUnreadable: (topic, reason) => {
        refused.inc();
        log.debug({ topic, reason }, 'message not understood');
      },
    }),
  );
  bus.onConnect(() => alarms.republish());
  const consumer = stack.use(
    bus.consume({
      clientId: 'penstock-rules-in',
      filters: [filters.points, filters.registry, filters.plantStates, filters.alarmOperations, filters.channel('ack')],
      cleanSession: false,
      onDelivery: (delivery) => alarms.take(delivery),
    }),
  );
  health.add('consumer', () => consumer.problem());
  const timer = setInterval(() => alarms.tick(), TICK_MS);
  stack.defer(() => clearInterval(timer));
  log.info({ rules: rules.length }, 'rules loaded');
});
