// The embedded broker: aedes 1.2.0, MQTT 3.1.1, with the guards it lacks by itself. The only file that imports aedes.
// Sessions, queues and retained messages live in memory here: they survive a client's absence, not this process.

import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';

export type BrokerOptions = {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  readonly metrics: Metrics;
};

export type Broker = AsyncDisposable & {
  readonly port: number;
  /** Publishes a retained message as the broker itself. */
  announce(topic: string, payload: string): Promise<void>;
};

/** aedes' own 100 makes a burst wait for 34 s (measured); its queues are bounded by the sockets instead. */
const CONCURRENCY = 1_000_000;
/**
 * Bytes a subscriber may lag behind before its writers wait for it, and how long they wait before it is cut off: with
 * aedes' own 16 KiB and 60 s one frozen subscriber silences everybody for 55 s; with these for 0.65 s at most.
 */
const LAG_BYTES_MAX = 4 * 1024 * 1024;
const DRAIN_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const TOPIC_LEVELS_MAX = 16;
const TOPIC_LENGTH_MAX = 256;

export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { metrics } = options;
  const published = metrics.counter('broker_messages_total', 'Messages that clients published.', ['qos']);
  const aedes = new Aedes({
    id: 'penstock',
    concurrency: CONCURRENCY,
    drainTimeout: DRAIN_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxTopicLevels: TOPIC_LEVELS_MAX,
    preConnect: (client, _packet, callback) => {
      queueBeforeLive(client);
      callback(null, true);
    },
    authorizePublish: (client, packet, callback) => {
      if (client !== null) published.inc({ qos: String(packet.qos) });
      const problem = client === null ? undefined : publishProblem(packet.topic);
      callback(problem === undefined ? null : new Error(problem));
    },
  });
  await aedes.listen();
  metrics.gauge('broker_clients', 'Clients connected now.', () => aedes.connectedClients);
  watchClients(aedes, options);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    allowLag(socket);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    announce: (topic, payload) =>
      new Promise((resolve, reject) => {
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: true, dup: false },
          (error?: Error | null) => (error ? reject(error) : resolve()),
        );
      }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Counts and names the connections that end in an error. */
function watchClients(aedes: Aedes, { log, metrics }: BrokerOptions): void {
  const ended = metrics.counter('broker_clients_lost_total', 'Connections that ended in an error.', ['reason']);
  const lost = new WeakSet<Client>();
  aedes.on('clientError', (client: Client, error: Error) => {
    // aedes says it once for every message that was under way to the client.
    if (lost.has(client)) return;
    lost.add(client);
    ended.inc({ reason: error.message === 'drain timeout' ? 'slow' : 'error' });
    log.warn({ clientId: client.id, reason: error.message }, 'client lost');
  });
  aedes.on('connectionError', (_client: Client, error: Error) => {
    ended.inc({ reason: 'handshake' });
    log.debug({ reason: error.message }, 'connection refused');
  });
  // Without a listener an error of the periodic will check would end the process.
  aedes.on('error' as 'closed', ((error: Error) => log.error({ err: error }, 'broker')) as () => void);
}

/** What aedes calls for each message of a subscription at QoS 1 or 2. Its types leave it out; the version is pinned. */
type Deliver = (packet: unknown, done: () => void) => void;

/**
 * Makes a returning client get its queue before what is published meanwhile. aedes restores the subscriptions first and
 * then empties the queue, so that live messages overtake queued ones: whoever reads them would see time run backwards.
 */
function queueBeforeLive(client: Client): void {
  const inner = client as unknown as { deliverQoS: Deliver };
  const deliver = inner.deliverQoS;
  const held: Parameters<Deliver>[] = [];
  let isHolding = true;
  inner.deliverQoS = (packet, done) => {
    if (isHolding) held.push([packet, done]);
    else deliver(packet, done);
  };
  const release = (each: Deliver) => () => {
    if (!isHolding) return;
    isHolding = false;
    for (const [packet, done] of held.splice(0)) each(packet, done);
  };
  client.once('connected', release(deliver));
  // Not delivered, so still in the client's queue.
  client.conn.once(
    'close',
    release((_packet, done) => done()),
  );
}

/**
 * Lets a subscriber lag without telling its writers. The server's own `highWaterMark` would do that too, but it counts for
 * reading as well: 50 publishers would then have 200 MB parsed and under way at once, and the broker stalls.
 */
function allowLag(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (...args: unknown[]) => write(...args) || socket.writableLength < LAG_BYTES_MAX;
}

/** Why a client may not publish there; undefined where it may. Overriding the hook drops aedes' own `$SYS` guard. */
function publishProblem(topic: string): string | undefined {
  if (topic.startsWith('$')) return `topics that begin with $ belong to the broker: ${topic}`;
  if (topic.length > TOPIC_LENGTH_MAX) return `a topic has at most ${TOPIC_LENGTH_MAX} characters`;
  return undefined;
}

function listen(server: Server, { host, port }: BrokerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
