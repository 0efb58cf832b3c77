// The list of who is connected, by client id. aedes takes a connection off it by its id alone, a while after it has closed:
// where the client has come back by then, the new connection is forgotten, the next one does not end it [MQTT-3.1.4-2],
// and nobody is told when it goes. Of two that come at once both stay. One that closed while it was let in stays listed, or is
// counted off for another of its id; and one whose successor went before it is never counted off.

import type { Client, InnerAedes } from './aedes-internals.ts';

export function mendRegistry(aedes: InnerAedes): void {
  /** Those that are counted, by client id: more than one while the older are still closing. */
  const counted = new Map<string, Set<Client>>();
  const finish = aedes._finishRegisterClient.bind(aedes);
  aedes._finishRegisterClient = (client) => {
    if (client.closed) return;
    const rival = aedes.clients[client.id];
    const those = counted.get(client.id) ?? new Set();
    counted.set(client.id, those.add(client));
    finish(client);
    rival?.close();
  };
  const unregister = aedes.unregisterClient.bind(aedes);
  aedes.unregisterClient = (client) => {
    const those = counted.get(client.id);
    if (those?.delete(client) !== true) return;
    const known = aedes.clients[client.id];
    unregister(client);
    // One that is still closing stays listed until it is through: aedes counts off nobody whose id it does not find.
    const listed = known === client ? [...those].at(-1) : known;
    if (listed !== undefined) aedes.clients[client.id] = listed;
    if (those.size === 0) counted.delete(client.id);
  };
}
