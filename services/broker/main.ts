// The embedded broker as a process. It has no bus of its own: it is the bus.

import path from 'node:path';
import { openServiceAudit } from '#runtime/audit-log/open-service-audit.ts';
import { watchDiskSpace } from '#runtime/disk-space.ts';
import { OwnStatus, tellNews } from '#runtime/own-status.ts';
import { runService } from '#runtime/process.ts';
import { EXIT } from '#runtime/start-error.ts';
import { tellNumbers } from '#runtime/tell-numbers.ts';
import { openGate } from './access/open-gate.ts';
import { openBroker } from './aedes.ts';
import { queueCaps } from './config.ts';
import { prepareListeners } from './listeners/prepare-listeners.ts';
import { DamageList } from './persistence/damage-list.ts';
import { openStore } from './persistence/store.ts';
import { watchStore } from './persistence/store-meters.ts';

const TICK_MS = 1_000;

await runService('broker', {}, async (service) => {
  const { config, log, metrics, health, problems, stack, now } = service;
  const listeners = prepareListeners(service);
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
  const audit = await openServiceAudit(service, config.broker.auditBytesMax);
  const gate = openGate(service, { audit, onChange: () => broker.recheck() });
  const broker = stack.use(
    await openBroker({ listeners, limits: config.broker, store, gate, audit, log, metrics, now }),
  );
  const timer = setInterval(() => broker.tick(), TICK_MS);
  stack.defer(() => clearInterval(timer));
  const status = new OwnStatus({ service: 'broker', id: 'broker' }, now(), problems);
  const say = (payload: string) => broker.publish({ topic: status.topic, payload, retain: true });
  await say(status.up(performance.now()));
  tellNews(service, status, (payload) => void say(payload).catch(() => {})); // it is closing
  tellNumbers(service, 'broker', (topic, payload) => broker.publish({ topic, payload, retain: false }));
  for (const { kind, host, port } of broker.listeners) log.info({ listener: kind, host, port }, 'listening for MQTT');
});
