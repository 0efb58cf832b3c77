// How long publishers wait for a service of the pipeline that lags. aedes cuts a subscriber off that has not taken everything
// it was sent within the drain timeout, however fast it reads: ingest, flooded at QoS 0, had to take 4 MiB in 750 ms or was
// cut off, and what was published until it was back, half of everything, was gone. So the time runs from the last sign of
// life: whoever works is waited for, TCP brakes the devices meanwhile, and whoever stands still is cut off as before. Not
// for other clients: a single slow one would brake the whole plant.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { InnerClient } from './aedes-internals.ts';
import { wireOf } from './listeners/connection.ts';

/** Adds itself to the drain timeout before a service that stands still is cut off. */
const LOOK_MS = 100;

export function waitWhileItReads(client: InnerClient): void {
  const wait = client.waitForDrain.bind(client);
  const socket: Socket & WithHandle = wireOf(client.conn as Duplex);
  let looking: NodeJS.Timeout | undefined;
  let seen = 0;
  const look = () => {
    // aedes' clock ends with the drain, or with the connection.
    if (client._drainTimer === null) {
      clearInterval(looking);
      looking = undefined;
      return;
    }
    const before = seen;
    seen = signsOf(socket);
    if (seen !== before) client._drainTimer.refresh();
  };
  client.waitForDrain = (done) => {
    wait(done);
    if (looking !== undefined) return;
    seen = signsOf(socket);
    looking = setInterval(look, LOOK_MS);
  };
}

/** What node's own socket timeout looks at; what is written is counted as a whole only when all of it has gone. */
type WithHandle = { readonly _handle?: { readonly bytesWritten: number; readonly writeQueueSize: number } | null };

/**
 * Bytes that went so far, either way. The kernel takes more only when megabytes of its buffers are free again, so a service
 * that is slow says now and then that it is working (runtime/mqtt-connection.ts).
 */
function signsOf({ _handle: handle, bytesRead }: Pick<Socket, 'bytesRead'> & WithHandle): number {
  return handle == null ? 0 : bytesRead + handle.bytesWritten - handle.writeQueueSize;
}
