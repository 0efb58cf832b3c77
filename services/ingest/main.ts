// Ingest as a process: raw messages from the broker, batches of points back to it, what cannot be taken kept on disk.

import { filters } from '#domain/topic.ts';
import { runService } from '#runtime/process.ts';
import { rulesFolderSetting } from '#runtime/sections.ts';
import { ingestSection } from './config.ts';
import { openIngest } from './open-ingest.ts';

const TELL_MS = 1_000;

await runService('ingest', { ingest: ingestSection, rules: rulesFolderSetting }, async (service) => {
  const { metrics, stack, health } = service;
  const { bus, ingest, sources, tell } = await openIngest(service);
  const timer = setInterval(tell, TELL_MS);
  stack.defer(() => clearInterval(timer));
  tell();
  const own = (['tele', 'event', 'status', 'meta'] as const).map((channel) => filters.channel(channel));
  const consumer = stack.use(
    bus.consume({
      clientId: 'penstock-ingest-in',
      filters: [...own, ...sources.map((source) => source.filter)],
      cleanSession: false,
      onDelivery: (delivery) => ingest.take(delivery),
    }),
  );
  metrics.gauge('ingest_in_flight', 'Messages taken and not yet acknowledged.', () => consumer.inFlight);
  health.add('consumer', () => consumer.problem());
});
