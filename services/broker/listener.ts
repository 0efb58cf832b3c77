// The TCP side of the embedded broker: who may connect, how many at once, and how far a connection may lag behind.

import { createServer, type Server, type Socket } from 'node:net';
import type { Metrics } from '#runtime/metrics.ts';
import { AdmissionQueue } from './limits/admission-queue.ts';

export type ListenerOptions = {
  readonly host: string;
  readonly port: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly connectionsPerSecondMax: number;
  readonly metrics: Metrics;
  readonly onConnection: (socket: Socket) => void;
};

export type Listener = AsyncDisposable & { readonly port: number };

/** Bytes a subscriber may lag behind before its writers wait for it. */
const LAG_BYTES_MAX = 4 * 1024 * 1024;
/**
 * Connections taken in one turn of the event loop. When thousands return at once, those that are already there are served
 * between; the rest wait their turn instead of being refused.
 */
const ADMITTED_PER_TURN = 16;
/** A peer that vanished without a word and never had a keepalive is noticed by TCP. */
const PROBE_AFTER_MS = 60_000;

export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { connectionsMax, connectionsPerAddressMax, connectionsPerSecondMax, metrics, onConnection } = options;
  const refused = metrics.counter('broker_connections_refused_total', 'Connections over a limit.', ['limit']);
  const sockets = new Set<Socket>();
  const perAddress = new Map<string, number>();
  const queue = new AdmissionQueue({ perSecondMax: connectionsPerSecondMax, perTurn: ADMITTED_PER_TURN });
  metrics.gauge('broker_connections_waiting', 'New connections that wait for their turn.', () => queue.size);
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS }, (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (perAddress.get(address) ?? 0) + 1;
    if (count > connectionsPerAddressMax) {
      refused.inc({ limit: 'address' });
      socket.destroy();
      return;
    }
    perAddress.set(address, count);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
    socket.on('error', () => {}); // one that breaks while it waits; `close` follows
    allowLag(socket);
    queue.add(address, () => {
      if (!socket.destroyed) onConnection(socket);
    });
  });
  server.maxConnections = connectionsMax;
  server.on('drop', () => refused.inc({ limit: 'total' }));
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Lets a subscriber lag without telling its writers. The server's own `highWaterMark` would do that too, but it counts for
 * reading as well: 50 publishers would then have 200 MB parsed and under way at once, and the broker stalls.
 */
function allowLag(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (...args: unknown[]) => write(...args) || socket.writableLength < LAG_BYTES_MAX;
}

function listen(server: Server, { host, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
