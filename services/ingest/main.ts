// Ingest as a process: raw messages from the broker, batches of points back to it, what cannot be taken kept on disk.

import { runService } from '#runtime/process.ts';
import { rulesFolderSetting } from '#runtime/sections.ts';
import { serviceClientId } from '#runtime/service-bus.ts';
import { ingestSection } from './config.ts';
import { openIngest } from './open-ingest.ts';
import { openSparkplugHost } from './sparkplug/sparkplug-host.ts';

const TELL_MS = 1_000;

await runService('ingest', { ingest: ingestSection, rules: rulesFolderSetting }, async (service) => {
  const { metrics, stack, health } = service;
  const { replica } = service.config.ingest;
  const { bus, ingest, filters, tell, onSession, sparkplugHost } = await openIngest(service);
  const timer = setInterval(tell, TELL_MS);
  stack.defer(() => clearInterval(timer));
  tell();
  const consumer = stack.use(
    bus.consume({
      clientId: `${serviceClientId('ingest', replica)}-in`,
      ...filters,
      cleanSession: false,
      onSession,
      onDelivery: (delivery) => ingest.take(delivery),
    }),
  );
  metrics.gauge('ingest_in_flight', 'Messages taken and not yet acknowledged.', () => consumer.inFlight);
  health.add('consumer', () => consumer.problem());
  if (sparkplugHost !== null) openSparkplugHost(service, { host: sparkplugHost, replica, reading: consumer.ready });
});
