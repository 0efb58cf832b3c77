// The embedded broker: aedes 1.2.0, MQTT 3.1.1, with the guards it lacks by itself. The only file that imports aedes.
// What it remembers is the store's.

import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';
import type { BrokerConfig } from '#runtime/sections.ts';
import type { InnerAedes, InnerClient } from './aedes-internals.ts';
import { Durability } from './durability.ts';
import { guardLength } from './length-guard.ts';
import { openListener } from './listener.ts';
import { mendPersistence, rememberSessions } from './mend-persistence.ts';
import { mendRegistry } from './mend-registry.ts';
import { Outbound } from './outbound.ts';
import { waitWhileItReads } from './patience.ts';
import type { PublishedPacket } from './persistence/packets.ts';
import { isServiceId } from './persistence/queue-limits.ts';
import type { Store } from './persistence/store.ts';
import { watchClients } from './watch-clients.ts';

/** The settings that bound what connections may cost. */
export type BrokerLimits = Pick<
  BrokerConfig,
  'connectionsMax' | 'connectionsPerAddressMax' | 'connectBytesMax' | 'packetBytesMax'
>;

export type BrokerOptions = {
  readonly host: string;
  readonly port: number;
  readonly limits: BrokerLimits;
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
};

export type Broker = AsyncDisposable & {
  readonly port: number;
  /** Publishes a retained message as the broker itself. */
  announce(topic: string, payload: string): Promise<void>;
  /** To be called about every second: what is due happens then. */
  tick(): void;
};

/** aedes' own 100 makes a burst wait for 34 s (measured); its queues are bounded by the sockets instead. */
const CONCURRENCY = 1_000_000;
/**
 * How long the writers of a subscriber that lags too far behind wait for it before it is cut off: with aedes' own 60 s one
 * frozen subscriber silences everybody for 55 s. Nobody is to be silent for a second, and some of that is their own.
 */
const DRAIN_TIMEOUT_MS = 750;
const CONNECT_TIMEOUT_MS = 5_000;
const TOPIC_LEVELS_MAX = 16;
const TOPIC_LENGTH_MAX = 256;
/** Return codes of CONNACK [MQTT-3.2.2]. */
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;

export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { host, port, limits, metrics, store } = options;
  const published = metrics.counter('broker_messages_total', 'Messages that clients published.', ['qos']);
  const outbounds = new WeakMap<Client, Outbound>();
  const refusals = new WeakMap<Client, AuthenticateError>();
  const aedes = new Aedes({
    id: store.brokerId,
    persistence: store.persistence,
    maxInflightInbound: 0, // the store bounds them, before it takes one
    concurrency: CONCURRENCY,
    drainTimeout: DRAIN_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxTopicLevels: TOPIC_LEVELS_MAX,
    preConnect: (client, packet, callback) => {
      if (packet.clientId === '' && !packet.clean)
        refusals.set(client, refusal('a session that is to be kept needs a client id', IDENTIFIER_REJECTED));
      outbounds.set(client, new Outbound(aedes, client as InnerClient));
      if (!packet.clean && isServiceId(packet.clientId)) waitWhileItReads(client as InnerClient);
      durability.welcome(packet).then((problem) => {
        if (problem !== undefined) refusals.set(client, refusal(problem, SERVER_UNAVAILABLE));
        callback(null, true);
      });
    },
    authenticate: (client, _username, _password, callback) => {
      const refused = refusals.get(client);
      if (refused === undefined) callback(null, true);
      else callback(refused, false);
    },
    authorizePublish: (client, packet, callback) => {
      if (client !== null) published.inc({ qos: String(packet.qos) });
      const problem = publishProblem(packet.topic);
      if (problem !== undefined) callback(new Error(problem));
      else
        durability
          .accept(client, packet as PublishedPacket)
          .then((refused) => callback(refused === undefined ? null : new Error(refused)));
    },
  }) as InnerAedes;
  const durability = new Durability(aedes, options);
  await aedes.listen();
  mendPersistence(aedes, (client) => outbounds.get(client));
  rememberSessions(aedes);
  mendRegistry(aedes);
  watchClients(aedes, options);
  const listener = await openListener({
    host,
    port,
    metrics,
    connectionsMax: limits.connectionsMax,
    connectionsPerAddressMax: limits.connectionsPerAddressMax,
    onConnection: (socket) => {
      const client = aedes.handle(socket) as InnerClient;
      guardLength(socket, () => (client.connackSent ? limits.packetBytesMax : limits.connectBytesMax));
    },
  });
  return {
    port: listener.port,
    announce: (topic, payload) =>
      new Promise((resolve, reject) => {
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: true, dup: false },
          (error?: Error | null) => (error ? reject(error) : resolve()),
        );
      }),
    tick: () => durability.tick(),
    async [Symbol.asyncDispose]() {
      durability.stop();
      await listener[Symbol.asyncDispose]();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

function refusal(reason: string, returnCode: number): AuthenticateError {
  return Object.assign(new Error(reason), { returnCode });
}

/** Why a client may not publish there; undefined where it may. Overriding the hook drops aedes' own `$SYS` guard. */
function publishProblem(topic: string): string | undefined {
  if (topic.startsWith('$')) return `topics that begin with $ belong to the broker: ${topic}`;
  if (topic.length > TOPIC_LENGTH_MAX) return `a topic has at most ${TOPIC_LENGTH_MAX} characters`;
  return undefined;
}
