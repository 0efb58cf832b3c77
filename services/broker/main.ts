// The embedded broker as a process. It has no bus of its own: it is the bus.

import type { ServiceStatus } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import { environmentName } from '#runtime/config.ts';
import { named, refuseOpenListener, runService, VERSION } from '#runtime/process.ts';
import { openBroker } from './aedes.ts';

await runService('broker', {}, async ({ config, log, metrics, stack, now }) => {
  const { host, port } = config.broker;
  refuseOpenListener(host, environmentName('broker', 'host'), 'the embedded broker has no users yet');
  const broker = await named(environmentName('broker', 'port'), () =>
    openBroker({ host, port, limits: config.broker, log, metrics }),
  );
  stack.use(broker);
  const status: ServiceStatus = { service: 'broker', id: 'broker', status: 'up', since: now(), version: VERSION };
  await broker.announce(topics.service('broker', 'broker'), JSON.stringify(status));
  log.info({ host, port: broker.port }, 'listening for MQTT');
});
