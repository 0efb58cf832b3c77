// What one client has subscribed to, and the QoS it was granted, as long as it is in force: aedes writes and deletes it in
// the client's own record the moment a subscription begins and ends to deliver.

import { matchesFilter } from '#domain/topic.ts';
import type { InnerClient, Qos } from './aedes-internals.ts';

export class Granted {
  readonly #qosByFilter = new Map<string, Qos>();

  constructor(client: InnerClient) {
    client.subscriptions = new Proxy(client.subscriptions, {
      set: (subscriptions, filter: string, subscription) => {
        this.#qosByFilter.set(filter, subscription.qos);
        return Reflect.set(subscriptions, filter, subscription);
      },
      deleteProperty: (subscriptions, filter: string) => {
        this.#qosByFilter.delete(filter);
        return Reflect.deleteProperty(subscriptions, filter);
      },
    });
  }

  /** The highest QoS of all filters that match [MQTT-3.3.5-1]; 0 where none does. */
  qosFor(topic: string): Qos {
    let highest: Qos = 0;
    for (const [filter, qos] of this.#qosByFilter) {
      if (qos > highest && matchesFilter(filter, topic)) highest = qos;
    }
    return highest;
  }
}
