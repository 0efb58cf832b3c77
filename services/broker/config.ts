// The broker's settings are read by every service (where is it, how to log in), so they stand in the runtime.

import type { BrokerConfig } from '#runtime/sections.ts';
import type { StoreOptions } from './persistence/store.ts';

export { brokerSection } from '#runtime/sections.ts';

/** What the queues of ordinary clients, and of the pipeline's own services, may hold. */
export function queueCaps(broker: BrokerConfig): Pick<StoreOptions, 'clients' | 'services'> {
  return {
    clients: { messages: broker.queueMessagesMax, bytes: broker.queueBytesMax, ageMs: broker.queueAgeMax },
    services: { messages: broker.serviceQueueMessagesMax, bytes: broker.serviceQueueBytesMax },
  };
}
