// Rules as a process: batches, operations, replies and states in; alarms, journal, commands and notices out.

import path from 'node:path';
import { filters } from '#domain/topic.ts';
import { Engine } from '#rules/engine/engine.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { requireRulesFolder } from '#runtime/plant-files.ts';
import { runService } from '#runtime/process.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { watchFolder } from '#runtime/watch-folder.ts';
import { rulesSection } from './config.ts';
import { heartbeatMessage } from './heartbeat.ts';
import { countRules } from './metrics.ts';
import { openStateStore } from './open-state-store.ts';
import { RuleFolder } from './rule-folder.ts';
import { Rules } from './rules.ts';

/** How late a deadline may be noticed: well under the shortest delay that a rule is written with. */
const TICK_MS = 100;

await runService('rules', { rules: rulesSection }, async (service) => {
  const { config, log, metrics, now, stack, health } = service;
  const { dir, watch, unsignedRole, budgetMs } = config.rules;
  requireRulesFolder(dir);
  const store = stack.use(openStateStore(path.join(config.root.data, 'rules', 'state.db')));
  const engine = new Engine({
    saved: store.rows(),
    startedAt: now(),
    onAmbiguous: (message) => log.warn(message),
    meter: { nowMs: () => performance.now(), budgetMs },
  });
  const bus = service.openBus();
  const publish = (topic: string, payload: string, retain: boolean) => bus.publish(topic, payload, { retain });
  const rules = stack.use(
    new Rules({
      ...{ engine, store, publish, now },
      later: (run) => setImmediate(run),
      answer: (input, at) => (input.kind === 'point' ? heartbeatMessage(input.point, at) : undefined),
      operationsKey: readOrCreateSecret(config.root.data, 'operations-key').value,
      unsignedRole: unsignedRole === 'none' ? undefined : unsignedRole,
      ...countRules(metrics, { engine, log }),
    }),
  );
  health.add('disk', () => rules.problem());
  rules.put({ kind: 'resume', at: now() });
  const folder = new RuleFolder({
    ...{ dir, engine, now },
    putAndKeep: (input) => rules.putAndKeep(input),
    tell: ({ topic, payload, retain }) => publish(topic, payload, retain).catch(() => {}),
    onLoad: ({ rules: count, problems }) => {
      for (const problem of problems) log.error(formatProblem(problem));
      log.info({ rules: count, problems: problems.length }, 'rules loaded');
    },
  });
  folder.load();
  health.add('rules', () => folder.problem());
  if (watch !== 'off')
    stack.use(watchFolder(dir, { isPolling: watch === 'polling', onChange: () => folder.load() }, log));
  bus.onConnect(() => rules.republish([folder.status()]));
  const channels = [filters.channel('ack'), filters.channel('cfg/reported')];
  const consumer = stack.use(
    bus.consume({
      clientId: 'penstock-rules-in',
      filters: [filters.points, filters.registry, filters.plantStates, filters.alarmOperations, ...channels],
      cleanSession: false,
      onDelivery: (delivery) => rules.take(delivery),
    }),
  );
  health.add('consumer', () => consumer.problem());
  const timer = setInterval(() => rules.tick(), TICK_MS);
  stack.defer(() => clearInterval(timer));
});
