// The embedded broker as a process. It has no bus of its own: it is the bus.

import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openAccess } from '#runtime/access/open-access.ts';
import { environmentName } from '#runtime/config.ts';
import { watchDiskSpace } from '#runtime/disk-space.ts';
import { OwnStatus, tellNews } from '#runtime/own-status.ts';
import { named, refuseOpenListener, runService } from '#runtime/process.ts';
import { EXIT } from '#runtime/start-error.ts';
import { openDoorkeeper } from './access/doorkeeper.ts';
import { Gate } from './access/gate.ts';
import type { Owners } from './access/owners.ts';
import { openBroker } from './aedes.ts';
import { queueCaps } from './config.ts';
import { DamageList } from './persistence/damage-list.ts';
import { openStore } from './persistence/store.ts';
import { watchStore } from './persistence/store-meters.ts';

const TICK_MS = 1_000;

await runService('broker', {}, async (service) => {
  const { config, log, metrics, health, problems, stack, now } = service;
  const { host, port } = config.broker;
  refuseOpenListener(host, environmentName('broker', 'host'), 'the embedded broker has no users yet');
  const folder = path.join(config.root.data, 'broker');
  const damages = new DamageList(log);
  const dropped = metrics.counter('broker_queue_dropped_total', 'Messages that a full queue dropped.', ['reason']);
  const store = stack.use(
    await openStore({
      folder,
      ...queueCaps(config.broker),
      payloadBytesMax: config.broker.payloadMemoryBytesMax,
      log,
      elapsedMs: () => performance.now(),
      onDropped: (reason) => dropped.inc({ reason }),
      onDamage: (damage) => damages.add(damage),
      onFatal: (error) => {
        // Nothing is known of what was written: the next start reads what is really there.
        log.fatal({ err: error }, 'the log cannot be written');
        process.exit(EXIT.software);
      },
    }),
  );
  watchDiskSpace(service, folder);
  watchStore({ store, damages }, { metrics, health, problems });
  const access = stack.use(openAccess({ dataDir: config.root.data, log, onChange: () => broker.recheck() }));
  health.add('access', () => access.problem());
  problems.addOne('access-file', 'high', () => access.problem());
  const doorkeeper = openDoorkeeper({ log, metrics, now, wait: setTimeout });
  const gate = (owners: Owners) => new Gate({ access, doorkeeper, ownerOf: (clientId) => owners.ownerOf(clientId) });
  const broker = await named(environmentName('broker', 'port'), () =>
    openBroker({ host, port, limits: config.broker, store, gate, log, metrics, now }),
  );
  stack.use(broker);
  const timer = setInterval(() => broker.tick(), TICK_MS);
  stack.defer(() => clearInterval(timer));
  const status = new OwnStatus('broker', now(), problems);
  await broker.announce(status.topic, status.up(performance.now()));
  tellNews(service, status, (payload) => void broker.announce(status.topic, payload).catch(() => {})); // it is closing
  log.info({ host, port: broker.port }, 'listening for MQTT');
});
