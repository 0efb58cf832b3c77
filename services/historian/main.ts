// The embedded store, as a process: an engine in threads of its own behind InfluxDB's HTTP API.

import path from 'node:path';
import { openAccess } from '#runtime/access/open-access.ts';
import { environmentName } from '#runtime/config.ts';
import { watchDiskSpace } from '#runtime/disk-space.ts';
import { named, runService } from '#runtime/process.ts';
import { storeSection } from '#runtime/sections.ts';
import { openServiceBus } from '#runtime/service-bus.ts';
import { openUsers } from './auth/open-users.ts';
import { bodyLimits, headSize, historianSection, queryLimits } from './config.ts';
import { bytesIn } from './engine/bytes-in.ts';
import { openStore } from './engine/threads/open-store.ts';
import type { HistorianParts } from './http/historian-parts.ts';
import { historianMeters } from './http/meters.ts';
import { createServer } from './http/server.ts';
import { VERSION } from './http/status-routes.ts';
import { Retention } from './retention.ts';

/** Half of what a service has to drain. */
const CLOSE_MS = 5_000;

await runService('historian', { historian: historianSection, store: storeSection }, async (service) => {
  const { log, stack, health, metrics, now } = service;
  const { historian, root, store } = service.config;
  const folder = path.join(root.data, 'historian');
  const { users, gate } = await openUsers(historian, {
    ...{ folder, now, log, database: store.database },
    openAccess: () => stack.use(openAccess({ dataDir: root.data, log })),
  });
  const engine = await openStore(folder, {
    ...{ users, log },
    engine: { seriesMax: historian.maxSeries, headSize: headSize(historian) },
    query: {
      ...{ limits: queryLimits(historian), timeoutMs: historian.queryTimeout },
      ...{ concurrentMax: historian.maxRunningQueries, version: VERSION, startedAtMs: now() },
    },
  });
  stack.use(engine);
  const meters = historianMeters(
    metrics,
    () => engine.status(),
    () => bytesIn(folder),
  );
  const { requestTimeout: requestTimeoutMs } = historian;
  const parts: HistorianParts = { store: engine, meters, now, gate, body: bodyLimits(historian), requestTimeoutMs };
  const retention = new Retention(parts, log);
  void retention.run();
  const timer = setInterval(() => void retention.run(), historian.retentionInterval);
  stack.defer(() => clearInterval(timer));
  const server = createServer(parts, log);
  stack.defer(async () => {
    // Whoever is in the middle of a request gets an answer; whoever never ends one does not keep us.
    const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_MS);
    await server.close();
    clearTimeout(timer);
  });
  await named(environmentName('historian', 'port'), () =>
    server.listen({ host: historian.host, port: historian.port }),
  );
  health.add('store', () => engine.status().problem);
  watchDiskSpace(service, folder);
  openServiceBus(service);
  // The bus carries only this service's status: without a broker the store still stores and answers.
  health.add('broker', () => undefined);
});
