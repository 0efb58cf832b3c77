// The embedded store, as a process: an engine on SQLite behind InfluxDB's HTTP API.

import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { environmentName } from '#runtime/config.ts';
import { EXIT, named, refuseOpenListener, runService, StartError } from '#runtime/process.ts';
import { openServiceBus } from '#runtime/service-bus.ts';
import { historianSection } from './config.ts';
import { SqliteEngine } from './engine/sqlite-engine.ts';
import { FILE_NAME, isDamage } from './engine/sqlite-file.ts';
import { WriteQueue } from './engine/write-queue.ts';
import type { HistorianParts } from './http/historian-parts.ts';
import { historianMeters } from './http/meters.ts';
import { createServer } from './http/server.ts';
import { queryHost } from './query-host.ts';
import { Retention } from './retention.ts';

await runService('historian', { historian: historianSection }, async (service) => {
  const { log, stack, health, metrics, now } = service;
  const { historian, root } = service.config;
  refuseOpenListener(historian.host, environmentName('historian', 'host'), 'the historian has no users yet');
  const engine = stack.use(openEngine(path.join(root.data, 'historian'), historian.maxSeries));
  const pause = () => setImmediate();
  const parts: HistorianParts = {
    engine,
    queue: new WriteQueue(engine, pause),
    meters: historianMeters(metrics, () => engine.bytes()),
    now,
    pause,
    maxBodyBytes: historian.maxBodyBytes,
    queries: queryHost(engine, historian, { now, pause }),
  };
  const retention = stack.use(new Retention(parts, log));
  void retention.run();
  const timer = setInterval(() => void retention.run(), historian.retentionInterval);
  stack.defer(() => clearInterval(timer));
  const server = createServer(parts, log);
  stack.defer(() => server.close());
  await named(environmentName('historian', 'port'), () =>
    server.listen({ host: historian.host, port: historian.port }),
  );
  health.add('store', () => engine.problem());
  openServiceBus(service);
  // The bus carries only this service's status: without a broker the store still stores and answers.
  health.add('broker', () => undefined);
});

function openEngine(folder: string, seriesMax: number): SqliteEngine {
  try {
    return new SqliteEngine(folder, { seriesMax });
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    if (isDamage(error)) {
      const file = path.join(folder, FILE_NAME);
      throw new StartError(
        `${file} is damaged (${why}): restore it from a backup, or move it and its -wal file out of the folder and start again; a new, empty one is then made`,
      );
    }
    throw new StartError(`cannot open the store in ${folder}: ${why}`, EXIT.unavailable);
  }
}
