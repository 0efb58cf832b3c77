// A service's connection to the broker. Apart from process.ts: the broker is a service too, and needs no client of itself.

import { setTimeout as delay } from 'node:timers/promises';
import { replicaId } from '#domain/service.ts';
import { serviceLogin } from './access/service-login.ts';
import { brokerAddress } from './broker-address.ts';
import type { Bus } from './bus.ts';
import type { Sections } from './config.ts';
import { openMqttBus } from './mqtt-bus.ts';
import { OwnStatus, tellNews } from './own-status.ts';
import type { Service } from './process.ts';
import { tellNumbers } from './tell-numbers.ts';

/** A client id of a service's connections; `-in` and the like are put behind it. */
export function serviceClientId(name: string, replica: string | undefined): string {
  return replica === undefined ? `penstock-${name}` : `penstock-${name}-${replica}`;
}

/** How long a closing service waits for the broker to take its "down"; past that the last will says it. */
const GOODBYE_MS = 1_000;

/**
 * Connects to the broker under the service's name, and keeps its retained status there.
 * @param replica its own name, where the service runs more than once
 */
export function openServiceBus<S extends Sections>(service: Service<S>, replica?: string): Bus {
  const { name, log, health, problems, stack, now } = service;
  const config = service.config as Service<Record<never, never>>['config'];
  const id = replica ?? name;
  const status = new OwnStatus({ service: name, id }, now(), problems);
  const { topic } = status;
  const bus = openMqttBus(
    {
      ...brokerAddress(config.broker),
      ...serviceLogin(config, name),
      clientId: serviceClientId(name, replica),
      will: () => ({ topic, payload: status.will }),
    },
    log,
  );
  health.add('broker', () => bus.problem());
  stack.use(bus);
  // Only a bus that is being closed refuses.
  const say = (payload: string) => void bus.publish(topic, payload, { retain: true }).catch(() => {});
  // Again after every reconnect: a broker without a memory of its own has forgotten it, or holds our last will.
  bus.onConnect(() => say(status.up(performance.now())));
  stack.defer(async () => {
    if (bus.problem() !== undefined) return;
    const waiting = new AbortController();
    await Promise.race([
      bus.publish(topic, status.down(now()), { retain: true }),
      delay(GOODBYE_MS, undefined, { signal: waiting.signal }),
    ]).finally(() => waiting.abort());
  });
  // Without a broker nothing is queued: it is all said again when there is one.
  tellNews(service, status, (payload) => {
    if (bus.problem() === undefined) say(payload);
  });
  tellNumbers(service, replicaId(name, replica), async (topic, payload) => {
    if (bus.problem() === undefined) await bus.publish(topic, payload);
  });
  return bus;
}
