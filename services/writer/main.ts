// The writer as a process.

import { filters } from '#domain/topic.ts';
import { runService } from '#runtime/process.ts';
import { historianAddress, storeSection, storeUrl } from '#runtime/sections.ts';
import { writerSection } from './config.ts';
import { openInflux } from './influx.ts';
import { Writer } from './writer.ts';

await runService(
  'writer',
  { writer: writerSection, store: storeSection, historian: historianAddress },
  async (service) => {
    const { config, log, metrics, now, stack, health } = service;
    const url = storeUrl(config.store, config.historian);
    const { database, username, password } = config.store;
    const lines = metrics.counter('writer_lines_total', 'Lines the store has taken.');
    const refused = metrics.counter('writer_lines_refused_total', 'Lines the store refused for good.');
    const seconds = metrics.histogram(
      'writer_request_seconds',
      'From a request to its success, tries included.',
      [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    );
    const bus = service.openBus();
    const writer = new Writer({
      store: openInflux({ url, database, username, password, keepRaw: config.writer.keepRaw }),
      lanes: config.writer.lanes,
      requestBytesMax: config.writer.requestBytesMax,
      retryMsMax: config.writer.retryMax,
      publish: (topic, payload) => bus.publish(topic, payload),
      now,
      clock: () => performance.now() / 1_000,
      onWritten: (text, took) => {
        lines.inc(text.split('\n').length);
        seconds.observe(took);
      },
      onRefused: (reason) => {
        refused.inc();
        log.debug({ reason }, 'the store refused a line'); // counted, and on rejected/v1/store with its line
      },
    });
    stack.use(writer); // closed after the consumer: what is under way may still arrive
    const consumer = stack.use(
      bus.consume({
        clientId: 'penstock-writer-in',
        filters: [filters.points, filters.journal],
        cleanSession: false,
        window: Number.MAX_SAFE_INTEGER, // bytes are what the outage of a store costs
        windowBytes: config.writer.memoryBytesMax,
        onDelivery: (delivery) => writer.take(delivery),
      }),
    );
    metrics.gauge('writer_in_flight', 'Messages taken and not yet safe in the store.', () => consumer.inFlight);
    health.add('consumer', () => consumer.problem());
    health.add('store', () => writer.problem());
    log.info({ url, database }, 'writing to the store');
  },
);
