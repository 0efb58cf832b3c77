// How long a connection may take to say who it is. aedes' own clock also runs while the broker is too busy to listen: when
// thousands came back at once, CONNECTs that lay unread were taken for missing, and those who had sent them came again, and
// again. So the time is counted in parts, each of them at least one turn in which everything that has arrived is read.

import type { InnerClient } from './aedes-internals.ts';

const PARTS = 5;

/** In place of aedes' clock, which ends with CONNECT or with the connection, as that one does. */
export function waitForConnect(client: InnerClient, withinMs: number): void {
  if (client._connectTimer === null) return;
  clearTimeout(client._connectTimer);
  let parts = PARTS;
  const look = () => {
    parts--;
    if (parts > 0) client._connectTimer = setTimeout(look, withinMs / PARTS);
    else client.emit('error', new Error('connect did not arrive in time'));
  };
  client._connectTimer = setTimeout(look, withinMs / PARTS);
}
