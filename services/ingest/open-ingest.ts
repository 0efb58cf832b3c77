// The parts of ingest, put together: devices, what has come of them, what could not be taken, batches.

import path from 'node:path';
import { topics } from '#domain/topic.ts';
import type { Bus } from '#runtime/bus.ts';
import type { Config } from '#runtime/config.ts';
import { watchDiskSpace } from '#runtime/disk-space.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { readPlantFiles, requireRulesFolder } from '#runtime/plant-files.ts';
import type { Service } from '#runtime/process.ts';
import { openServiceRejectedLog } from '#runtime/rejected-log/open-service-rejected-log.ts';
import type { rulesFolderSetting } from '#runtime/sections.ts';
import { openServiceBus } from '#runtime/service-bus.ts';
import { StartError } from '#runtime/start-error.ts';
import type { ingestSection } from './config.ts';
import { cardinalityProblems } from './devices/cardinality.ts';
import { DeviceJournal } from './devices/device-journal.ts';
import { openFirstSeen } from './devices/first-seen.ts';
import { DeviceRegistry } from './devices/registry.ts';
import { RegistryPublisher } from './devices/registry-publisher.ts';
import { type IngestFilters, ingestFilters } from './filters.ts';
import { openHomeAssistant } from './home-assistant/open-home-assistant.ts';
import { Ingest } from './ingest.ts';
import { Batcher } from './lines/batcher.ts';
import { openSequences } from './sequences/open-sequences.ts';
import { readSources } from './sources/read-sources.ts';
import { openSparkplug } from './sparkplug/open-sparkplug.ts';

export type IngestSections = { readonly ingest: typeof ingestSection; readonly rules: typeof rulesFolderSetting };

export type OpenIngest = {
  readonly bus: Bus;
  readonly ingest: Ingest;
  readonly filters: IngestFilters;
  /** The broker has let the consumer in. */
  readonly onSession: (kind: 'resumed' | 'new') => void;
  /** What this host is called in Sparkplug; null where it says nothing of itself. */
  readonly sparkplugHost: string | null;
  /** Tells the plant what is new of its devices. */
  readonly tell: () => void;
};

/** Files are read at the start: until the next one, ingest does without those that are wrong. */
function withoutFiles([first, ...others]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` (and ${others.length} more: see the log)`;
  return `started without a file that is wrong: ${first}${more}; correct it and start ingest again`;
}

export async function openIngest(service: Service<IngestSections>): Promise<OpenIngest> {
  const { log, metrics, now } = service;
  const { ingest: settings, rules } = service.config as Config<IngestSections> & typeof service.config;
  if (settings.share !== undefined && settings.replica === undefined) {
    throw new StartError(
      'PENSTOCK_INGEST_SHARE is set without PENSTOCK_INGEST_REPLICA: give each of those that share a name of its own, or the broker takes them for one',
    );
  }
  if (settings.share !== undefined && settings.homeAssistant !== 'off') {
    throw new StartError(
      'PENSTOCK_INGEST_HOME_ASSISTANT is set beside PENSTOCK_INGEST_SHARE: one of several knows the values of its share only; set it off, or let one ingest read all',
    );
  }
  requireRulesFolder(rules.dir);
  const plant = readPlantFiles(rules.dir);
  const { sources, placeOf, problems } = readSources(rules.dir, new Set(plant.models.keys()));
  const broken = [...plant.problems, ...problems].map(formatProblem);
  for (const problem of broken) log.error(problem);
  service.problems.addOne('files-refused', 'high', () => withoutFiles(broken));
  const points = metrics.counter('ingest_points_total', 'Points taken.');
  const batches = metrics.counter('ingest_batches_total', 'Batches published.');
  const repeats = metrics.counter('ingest_repeats_total', 'Records and points that had come before and were dropped.');
  const late = metrics.counter('ingest_late_total', 'Points that came too late for an alarm; they are stored.');
  const refused = metrics.counter('ingest_rejected_total', 'Metrics and messages rejected.', ['reason']);
  const bus = openServiceBus(service, settings.replica);
  const rejected = await openServiceRejectedLog(service, { ...settings, bus });
  watchDiskSpace(service, path.join(service.config.root.data, 'ingest'));
  const { sequences, afterWrite, reporter } = await openSequences(service, { keepMs: settings.gapKeep, bus });
  const firstSeen = service.stack.use(openFirstSeen(path.join(service.config.root.data, 'ingest'), log));
  const limits = { devices: settings.devicesMax, metrics: settings.metricsMax };
  const registry = new DeviceRegistry(plant, limits, firstSeen);
  metrics.gauge('ingest_devices', 'Devices known.', () => registry.size);
  metrics.gauge('ingest_metrics', 'Metrics of all devices.', () => registry.metrics);
  service.problems.add(cardinalityProblems(registry, limits, now));
  const batcher = new Batcher({
    publish: (topic, payload, traceparent) => bus.publish(topic, payload, { traceparent, isFrequent: true }),
    bytesMax: () => Math.min(settings.batchBytesMax, bus.payloadBytesMax()),
    slots: settings.batchesInFlight,
    onBatch: () => batches.inc(),
  });
  const homeAssistant = openHomeAssistant(service, {
    ...{ bus, registry, named: [...plant.devices.keys()] },
    prefix: settings.homeAssistant === 'off' ? null : settings.homeAssistant,
    bytesMax: () => Math.min(settings.batchBytesMax, bus.payloadBytesMax()),
  });
  const { payloadBytesMax, sparkplugReorder: reorderMs } = settings;
  const sparkplug = openSparkplug(service, { bus, registry, placeOf, payloadBytesMax, reorderMs });
  const ingest = new Ingest({
    ...{ registry, sources, batcher, sequences, afterWrite, now, placeOf, sparkplug: sparkplug.reader },
    ...homeAssistant.parts,
    reject: (rejection) => rejected.put(rejection),
    payloadBytesMax: settings.payloadBytesMax,
    onPoints: (count) => points.inc(count),
    onRepeats: (count) => repeats.inc(count),
    onLate: (count) => late.inc(count),
    onRefusal: ({ reason }) => refused.inc({ reason }),
    onMistake: (error) => log.error({ err: error }, 'a message could not be read, for a mistake of ours; it is kept'),
  });
  const journal = new DeviceJournal({
    missedOf: (device) => reporter.missedOf(device),
    devicesMax: limits.devices + plant.devices.size,
  });
  const publisher = new RegistryPublisher(registry, (views) => {
    for (const view of views) homeAssistant.changed(view);
    return Promise.all([
      ...views.map((view) => bus.publish(topics.registry(view), JSON.stringify(view), { retain: true })),
      ...journal.take(views, now()).map(({ shard, lines }) => bus.publish(topics.journal(shard), lines.join('\n'))),
    ]);
  });
  const tell = () => {
    sparkplug.tick();
    firstSeen.write();
    void publisher.run(now());
    void reporter.run(now());
    homeAssistant.tick();
  };
  const { share: group, sparkplugHost = group === undefined ? 'penstock' : 'off' } = settings;
  const hasSparkplug = group === undefined || sparkplugHost !== 'off';
  return {
    ...{ bus, ingest, tell, filters: ingestFilters(sources, { group, hasSparkplug }), onSession: sparkplug.onSession },
    sparkplugHost: sparkplugHost === 'off' ? null : sparkplugHost,
  };
}
