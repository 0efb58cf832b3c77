// Tells a process' own numbers from time to time, as what the device that it plays has measured.

import { serviceDevice } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import type { Sections } from './config.ts';
import { OwnNumbers } from './own-numbers.ts';
import type { Service } from './process.ts';

/**
 * Every so often as the settings say, for as long as the service lives.
 * @param device that it plays: the service's name, and that of the replica behind it
 * @param publish of a broker that is away nothing is kept: the next numbers are as good
 */
export function tellNumbers<S extends Sections>(
  service: Service<S>,
  device: string,
  publish: (topic: string, payload: string) => Promise<void>,
): void {
  const { metrics, stack, now, log } = service;
  const { numbersInterval } = (service.config as Service<Record<never, never>>['config']).root;
  if (numbersInterval === 0) return;
  const topic = topics.device(serviceDevice(device), 'tele');
  const own = new OwnNumbers();
  const tell = async () => {
    const numbers = own.of(await metrics.samples());
    await publish(topic, JSON.stringify({ ts: now(), ...numbers }));
  };
  const timer = setInterval(() => {
    tell().catch((error) => log.debug({ err: error }, 'the numbers were not told'));
  }, numbersInterval);
  stack.defer(() => clearInterval(timer));
}
