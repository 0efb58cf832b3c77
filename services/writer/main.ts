// The writer as a process: batches of points and entries of the alarm journal from the broker to the store.

import { setFlagsFromString } from 'node:v8';
import { filters, shardFilters } from '#domain/topic.ts';
import { runService } from '#runtime/process.ts';
import { replicaName } from '#runtime/replica.ts';
import { historianAddress, rulesFolderSetting, storeSection } from '#runtime/sections.ts';
import { openServiceBus, serviceClientId } from '#runtime/service-bus.ts';
import { writerSection } from './config.ts';
import { openWriter } from './open-writer.ts';

const TICK_MS = 1_000;

// What passes through is garbage within milliseconds, and V8 answers a flood of it by a young generation of 134 MB. Kept as
// small as it starts, it takes 17 MB, and the same number of lines come through (measured at 75,000 lines/s in, 35,000 out).
setFlagsFromString('--semi-space-growth-factor=1');

await runService(
  'writer',
  { writer: writerSection, store: storeSection, historian: historianAddress, rules: rulesFolderSetting },
  async (service) => {
    const { config, metrics, stack, health } = service;
    const replica = replicaName('writer', config.writer);
    const clientId = serviceClientId('writer', replica);
    const bus = openServiceBus(service, replica);
    const { writer, rollUps, plans } = await openWriter(service, bus, () => performance.now() / 1_000);
    const timer = setInterval(() => {
      writer.tick();
      rollUps.tick();
    }, TICK_MS);
    stack.defer(() => clearInterval(timer));
    const [points, journal] = [shardFilters('points', config.writer), shardFilters('journal', config.writer)];
    const consumer = stack.use(
      bus.consume({
        clientId: `${clientId}-in`,
        filters: [...points.filters, ...journal.filters],
        formerFilters: [...points.formerFilters, ...journal.formerFilters],
        cleanSession: false,
        window: Number.MAX_SAFE_INTEGER, // bytes are what a full disk costs
        windowBytes: config.writer.memoryBytesMax,
        onDelivery: (delivery) => writer.take(delivery),
      }),
    );
    // Of the moment: the broker tells all that is retained at each connection.
    const devices = plans.isNeeded
      ? stack.use(
          bus.consume({
            clientId: `${clientId}-devices`,
            filters: [filters.registry],
            cleanSession: true,
            onDelivery: (delivery) => plans.take(delivery),
          }),
        )
      : undefined;
    metrics.gauge('writer_in_flight', 'Messages taken and not yet on disk.', () => consumer.inFlight);
    health.add('consumer', () => consumer.problem() ?? devices?.problem());
  },
);
