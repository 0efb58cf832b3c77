// Ingest as a process: raw messages from the broker, batches of points back to it, rejections beside them.

import { filters, topics } from '#domain/topic.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { readPlantFiles, requireRulesFolder } from '#runtime/plant-files.ts';
import { runService } from '#runtime/process.ts';
import { rulesFolderSetting } from '#runtime/sections.ts';
import { Batcher } from './batcher.ts';
import { ingestSection } from './config.ts';
import { Ingest } from './ingest.ts';
import { DeviceRegistry } from './registry.ts';
import { RegistryPublisher } from './registry-publisher.ts';
import { readSources } from './sources.ts';

const REGISTRY_PUBLISH_MS = 1_000;

await runService('ingest', { ingest: ingestSection, rules: rulesFolderSetting }, async (service) => {
  const { config, log, metrics, now, stack, health } = service;
  requireRulesFolder(config.rules.dir);
  const plant = readPlantFiles(config.rules.dir);
  const { sources, problems } = readSources(config.rules.dir);
  for (const problem of [...plant.problems, ...problems]) log.error(formatProblem(problem));
  const points = metrics.counter('ingest_points_total', 'Points taken.');
  const batches = metrics.counter('ingest_batches_total', 'Batches published.');
  const repeats = metrics.counter('ingest_repeats_total', 'Records that had come before and were dropped.');
  const rejected = metrics.counter('ingest_rejected_total', 'Metrics and messages rejected.', ['reason']);
  const bus = service.openBus();
  const registry = new DeviceRegistry(plant);
  metrics.gauge('ingest_devices', 'Devices known.', () => registry.size);
  const batcher = new Batcher({
    publish: (topic, payload) => bus.publish(topic, payload),
    bytesMax: config.ingest.batchBytesMax,
    slots: config.ingest.batchesInFlight,
    onBatch: () => batches.inc(),
  });
  const ingest = new Ingest({
    registry,
    sources,
    batcher,
    publish: (topic, payload) => bus.publish(topic, payload),
    now,
    payloadBytesMax: config.ingest.payloadBytesMax,
    onPoints: (count) => points.inc(count),
    onRepeat: () => repeats.inc(),
    onRefusal: ({ reason }) => rejected.inc({ reason }),
  });
  const publisher = new RegistryPublisher(registry, (view) =>
    bus.publish(topics.registry(view), JSON.stringify(view), { retain: true }),
  );
  const timer = setInterval(() => void publisher.run(now()), REGISTRY_PUBLISH_MS);
  stack.defer(() => clearInterval(timer));
  void publisher.run(now());
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
