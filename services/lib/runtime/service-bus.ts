// A service's connection to the broker. Apart from process.ts: the broker is a service too, and needs no client of itself.

import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceStatus } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import { serviceLogin } from './access/service-login.ts';
import type { Bus } from './bus.ts';
import type { Sections } from './config.ts';
import { openMqttBus } from './mqtt-bus.ts';
import { type Service, VERSION } from './process.ts';
import { brokerUrl } from './sections.ts';

/** How long a closing service waits for the broker to take its "down"; past that the last will says it. */
const GOODBYE_MS = 1_000;

/** Connects to the broker under the service's name, and keeps its retained status there. */
export function openServiceBus<S extends Sections>(service: Service<S>): Bus {
  const { name, log, health, stack, now } = service;
  const config = service.config as Service<Record<never, never>>['config'];
  const startedAt = now();
  const status = (state: ServiceStatus['status'], since: number) =>
    JSON.stringify({ service: name, id: name, status: state, since, version: VERSION } satisfies ServiceStatus);
  const topic = topics.service(name, name);
  const bus = openMqttBus(
    {
      url: brokerUrl(config.broker),
      ...serviceLogin(config, name),
      clientId: `penstock-${name}`,
      will: { topic, payload: status('down', startedAt) }, // when it will be, nobody knows now
    },
    log,
  );
  health.add('broker', () => bus.problem());
  stack.use(bus);
  // Again after every reconnect: a broker without a memory of its own has forgotten it, or holds our last will.
  bus.onConnect(() => {
    bus.publish(topic, status('up', startedAt), { retain: true }).catch(() => {}); // only a bus that is being closed refuses
  });
  stack.defer(async () => {
    if (bus.problem() !== undefined) return;
    const waiting = new AbortController();
    await Promise.race([
      bus.publish(topic, status('down', now()), { retain: true }),
      delay(GOODBYE_MS, undefined, { signal: waiting.signal }),
    ]).finally(() => waiting.abort());
  });
  return bus;
}
