// Rules as a process: batches, operations, replies and states in; alarms, journal, commands and notices out.

import { filters, shardFilters } from '#domain/topic.ts';
import { runService } from '#runtime/process.ts';
import { replicaName } from '#runtime/replica.ts';
import { openServiceBus, serviceClientId } from '#runtime/service-bus.ts';
import { watchFolder } from '#runtime/watch-folder.ts';
import { rulesSection } from './config.ts';
import { openRules } from './open-rules.ts';

/** How late a deadline may be noticed: well under the shortest delay that a rule is written with. */
const TICK_MS = 100;

await runService('rules', { rules: rulesSection }, async (service) => {
  const { config, log, stack, health } = service;
  const replica = replicaName('rules', config.rules);
  const clientId = serviceClientId('rules', replica);
  const { bus, rules, folder, statuses, areas, tick } = openRules(service, {
    nowMs: () => performance.now(),
    cpuMs: () => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1_000;
    },
    later: (run) => setImmediate(run),
    openBus: () => openServiceBus(service, replica),
  });
  const { dir, watch } = config.rules;
  if (watch !== 'off')
    stack.use(watchFolder(dir, { isPolling: watch === 'polling', onChange: () => folder.load() }, log));
  bus.onConnect(() => rules.republish(areas.hasPipeline ? [folder.status()] : []));
  const channels = [filters.channel('ack'), filters.channel('cfg/reported')];
  const points = shardFilters('points', config.rules);
  const consumer = stack.use(
    bus.consume({
      clientId: `${clientId}-in`,
      filters: [
        ...points.filters,
        filters.registry,
        filters.plantStates,
        filters.alarmOperations,
        filters.commandOperations,
        ...channels,
      ],
      formerFilters: points.formerFilters,
      cleanSession: false,
      onDelivery: (delivery) => rules.take(delivery),
    }),
  );
  health.add('consumer', () => consumer.problem());
  if (areas.hasPipeline) {
    // Of the moment: the broker tells all that is retained at each connection.
    const watcher = stack.use(
      bus.consume({
        clientId: `${clientId}-services`,
        filters: [filters.services],
        cleanSession: true,
        onDelivery: (delivery) => statuses.take(delivery),
      }),
    );
    health.add('services', () => watcher.problem());
  }
  const timer = setInterval(tick, TICK_MS);
  stack.defer(() => clearInterval(timer));
});
