// The list of who is connected, by client id. aedes takes a connection off it by its id alone, a while after it has closed:
// where the client has come back by then, the new connection is forgotten, the next one does not end it [MQTT-3.1.4-2],
// and nobody is told when it goes. Of two that come at once both stay. And one that closed while it was let in stays listed.

import type { InnerAedes } from './aedes-internals.ts';

export function mendRegistry(aedes: InnerAedes): void {
  const finish = aedes._finishRegisterClient.bind(aedes);
  aedes._finishRegisterClient = (client) => {
    if (client.closed) return;
    const rival = aedes.clients[client.id];
    finish(client);
    rival?.close();
  };
  const unregister = aedes.unregisterClient.bind(aedes);
  aedes.unregisterClient = (client) => {
    const known = aedes.clients[client.id];
    unregister(client);
    if (known !== undefined && known !== client) aedes.clients[client.id] = known;
  };
}
