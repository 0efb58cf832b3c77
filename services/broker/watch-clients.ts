// What becomes of connections, for whoever looks: counted, and named in the log where a client had a name.

import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';
import type { Aedes, Client } from './aedes-internals.ts';

/** By message or name of the error that ended a connection; the first two messages are aedes' own. */
const REASONS: Readonly<Record<string, string>> = {
  'drain timeout': 'slow',
  'keep alive timeout': 'silent',
  'messages are not acknowledged': 'slow',
  PacketTooLongError: 'too long',
};

/** Counts and names the connections that end in an error. */
export function watchClients(aedes: Aedes, { log, metrics }: { readonly log: Log; readonly metrics: Metrics }): void {
  metrics.gauge('broker_clients', 'Clients connected now.', () => aedes.connectedClients);
  const ended = metrics.counter('broker_clients_lost_total', 'Connections that ended in an error.', ['reason']);
  const lost = new WeakSet<Client>();
  aedes.on('clientError', (client: Client, error: Error) => {
    // aedes says it once for every message that was under way to the client.
    if (lost.has(client)) return;
    lost.add(client);
    if ('errorCode' in error) return; // refused with a CONNACK: the gate has said so
    ended.inc({ reason: REASONS[error.message] ?? REASONS[error.name] ?? 'error' });
    log.warn({ clientId: client.id, reason: error.message }, 'client lost');
  });
  aedes.on('connectionError', (_client: Client, error: Error) => {
    // Who was answered is not lost: one that speaks MQTT 5 is told so with a CONNACK, and comes again with 3.1.1.
    if (!('errorCode' in error)) ended.inc({ reason: REASONS[error.name] ?? 'handshake' });
    log.debug({ reason: error.message }, 'connection refused');
  });
  // Without a listener an error of the periodic will check would end the process.
  aedes.on('error' as 'closed', ((error: Error) => log.error({ err: error }, 'broker')) as () => void);
}
