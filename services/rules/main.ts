// Rules as a process: batches, operations, replies and states in; alarms, journal, commands and notices out.

import { filters } from '#domain/topic.ts';
import { runService } from '#runtime/process.ts';
import { openServiceBus } from '#runtime/service-bus.ts';
import { watchFolder } from '#runtime/watch-folder.ts';
import { rulesSection } from './config.ts';
import { openRules } from './open-rules.ts';

/** How late a deadline may be noticed: well under the shortest delay that a rule is written with. */
const TICK_MS = 100;

await runService('rules', { rules: rulesSection }, async (service) => {
  const { config, log, stack, health } = service;
  const { bus, rules, folder, statuses, tick } = openRules(service, {
    nowMs: () => performance.now(),
    cpuMs: () => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1_000;
    },
    later: (run) => setImmediate(run),
    openBus: () => openServiceBus(service),
  });
  const { dir, watch } = config.rules;
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
  // Of the moment: the broker tells all that is retained at each connection.
  const watcher = stack.use(
    bus.consume({
      clientId: 'penstock-rules-services',
      filters: [filters.services],
      cleanSession: true,
      onDelivery: (delivery) => statuses.take(delivery),
    }),
  );
  health.add('consumer', () => consumer.problem() ?? watcher.problem());
  const timer = setInterval(tick, TICK_MS);
  stack.defer(() => clearInterval(timer));
});
