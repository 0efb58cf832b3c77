// The embedded broker: aedes 1.2.0, MQTT 3.1.1, with the guards it lacks by itself. The only file that imports aedes.
// What it remembers is the store's.

import type { Duplex } from 'node:stream';
import { Aedes, type Client } from 'aedes';
import { COMMANDS } from '#domain/access/policy.ts';
import { isExpiredCommand } from '#domain/command.ts';
import { matchesFilter } from '#domain/topic.ts';
import type { Audit } from '#runtime/audit-log/audit.ts';
import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';
import { VERSION } from '#runtime/process.ts';
import type { BrokerConfig } from '#runtime/sections.ts';
import type { Connect, Gate, Refusal } from './access/gate.ts';
import { Orders } from './access/orders.ts';
import { Owners } from './access/owners.ts';
import type { Origin } from './access/visitor.ts';
import type { AedesMessage, InnerAedes, InnerClient } from './aedes-internals.ts';
import { waitForConnect } from './connect-clock.ts';
import { Durability } from './durability.ts';
import { guardReading } from './length-guard.ts';
import { ClientLimits, type ClientLimitsSettings } from './limits/client-limits.ts';
import { connectionOf } from './listeners/connection.ts';
import type { ListenerPlan } from './listeners/listener.ts';
import { type ListenersOptions, openListeners } from './listeners/listeners.ts';
import { mendPersistence, rememberSessions, SESSION_FILTER } from './mend-persistence.ts';
import { mendRegistry } from './mend-registry.ts';
import { Outbound } from './outbound.ts';
import { waitWhileItReads } from './patience.ts';
import type { PublishedPacket } from './persistence/packets.ts';
import { isServiceId } from './persistence/queue-limits.ts';
import type { Store } from './persistence/store.ts';
import { SysTopics } from './sys/sys-topics.ts';
import { Traffic } from './sys/traffic.ts';
import { watchClients } from './watch-clients.ts';

/** The settings that bound what connections may cost. */
export type BrokerLimits = Pick<
  BrokerConfig,
  | 'connectionsMax'
  | 'connectionsPerAddressMax'
  | 'connectionsPerSecondMax'
  | 'connectBytesMax'
  | 'packetBytesMax'
  | 'sysInterval'
> &
  ClientLimitsSettings;

export type BrokerOptions = {
  /** Where it listens, and with what: see listeners/. */
  readonly listeners: Omit<ListenersOptions, 'limits' | 'metrics'>;
  readonly limits: BrokerLimits;
  readonly store: Store;
  /** Who comes in, and may do what; it is told whom the client ids belong to. */
  readonly gate: (owners: Owners) => Gate;
  /** Where orders to the plant are written down before they take effect. */
  readonly audit: Audit;
  readonly log: Log;
  readonly metrics: Metrics;
  /** ms since the epoch: commands say until when they may be carried out. */
  readonly now: () => number;
};

export type OwnMessage = { readonly topic: string; readonly payload: string; readonly retain: boolean };

export type Broker = AsyncDisposable & {
  /** Of the first listener. */
  readonly port: number;
  /** Where it listens really, in the order of the plans. */
  readonly listeners: readonly ListenerPlan[];
  /** Publishes as the broker itself. */
  publish(message: OwnMessage): Promise<void>;
  /** To be called about every second: what is due happens then. */
  tick(): void;
  /** Users, devices or rights have changed. */
  recheck(): void;
};

/** aedes' own 100 makes a burst wait for 34 s (measured); its queues are bounded by the sockets instead. */
const CONCURRENCY = 1_000_000;
/**
 * How long the writers of a subscriber that lags too far behind wait for it before it is cut off: with aedes' own 60 s one
 * frozen subscriber silences everybody for 55 s. Nobody is to be silent for a second, and some of that is their own.
 */
const DRAIN_TIMEOUT_MS = 750;
const CONNECT_TIMEOUT_MS = 5_000;
/** What the trees of aedes bear at most; ours is a setting, and refuses before (limits/). */
const TOPIC_LEVELS_MAX = 100;

export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { limits, metrics, now, store } = options;
  const published = metrics.counter('broker_messages_total', 'Messages that clients published.', ['qos']);
  const traffic = new Traffic();
  const outbounds = new WeakMap<Client, Outbound>();
  const connects = new WeakMap<Client, Connect>();
  const expired = metrics.counter('broker_commands_expired_total', 'Commands that nobody came for in their time.');
  // A device that was away must not carry out what was meant for then; it looks too, by its own clock.
  const isOver = ({ cmd, topic, payload }: AedesMessage) => {
    const isStale = cmd === 'publish' && matchesFilter(COMMANDS, topic) && isExpiredCommand(payload.toString(), now());
    if (isStale) expired.inc();
    return isStale;
  };
  const aedes = new Aedes({
    id: store.brokerId,
    persistence: store.persistence,
    maxInflightInbound: 0, // the store bounds them, before it takes one
    concurrency: CONCURRENCY,
    drainTimeout: DRAIN_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxTopicLevels: TOPIC_LEVELS_MAX,
    preConnect: (client, packet, callback) => {
      const { clean = false, password } = packet;
      connects.set(client, { ...packet, clean, password: password?.toString() });
      outbounds.set(
        client,
        new Outbound(aedes, client as InnerClient, { isOver, onSent: (sent) => traffic.delivered(sent) }),
      );
      traffic.asked();
      callback(null, true);
    },
    authenticate: (client, _username, _password, callback) => {
      welcome(client as InnerClient).then((refusal) => {
        if (refusal === undefined) callback(null, true);
        else callback(Object.assign(new Error(refusal.reason), { returnCode: refusal.returnCode }), false);
      });
    },
    authorizeSubscribe: (client, subscription, callback) =>
      callback(null, isGranted(client, subscription.topic) ? subscription : null),
    authorizeForward: (client, packet) => (gate.mayReceive(client, packet.topic) ? packet : null),
    authorizePublish: (client, packet, callback) => {
      if (client !== null) {
        published.inc({ qos: String(packet.qos) });
        traffic.published(packet);
      }
      const problem = publishProblem(client, packet as PublishedPacket);
      if (problem !== undefined) callback(new Error(problem));
      else accept(client, packet as PublishedPacket, (refused) => callback(refused ?? null));
    },
  }) as InnerAedes;
  const owners = new Owners(aedes, store.ledger);
  const gate = options.gate(owners);
  const clientLimits = new ClientLimits(aedes, { settings: limits, gate, store, metrics });
  const isGranted = (client: Client, filter: string) =>
    filter === SESSION_FILTER ||
    (gate.grantsSubscription(client, filter) && clientLimits.grantsSubscription(client, filter));
  const publishProblem = (client: Client | null, packet: PublishedPacket) =>
    client === null || gate.visitorOf(client) === undefined
      ? owners.willProblem(packet, gate)
      : (gate.publishProblem(client, packet) ?? clientLimits.publishProblem(client, packet));
  const orders = new Orders({ audit: options.audit, visitorOf: (client) => gate.visitorOf(client) });
  const accept = (client: Client | null, packet: PublishedPacket, done: (refused: Error | undefined) => void) => {
    const stored = () => durability.accept(client, packet);
    const written = orders.written(client, packet);
    (written === undefined ? stored() : written.then(stored)).then((refused) =>
      done(refused === undefined ? undefined : new Error(refused)),
    );
  };
  const welcome = async (client: InnerClient): Promise<Refusal | undefined> => {
    const connect = connects.get(client);
    if (connect === undefined) return { reason: 'no CONNECT', returnCode: 5 };
    const refusal = await gate.admit(client, connect, originOf(client));
    const over = refusal ?? clientLimits.connectProblem(client, connect);
    if (over !== undefined) return over;
    if (!connect.clean && isServiceId(connect.clientId)) waitWhileItReads(client);
    owners.take(client, connect, gate.visitorOf(client));
    if (!connect.clean) clientLimits.sessions.see(connect.clientId);
    const problem = await durability.welcome(connect);
    return problem === undefined ? undefined : { reason: problem, returnCode: 3 };
  };
  const durability = new Durability(aedes, options);
  await aedes.listen();
  rememberSessions(aedes);
  // Whose login was taken away while it was let in was not among those who were looked at.
  aedes.on('clientReady', (client) => gate.recheck([client]));
  const mayKeep = (client: Client, filter: string) =>
    gate.maySubscribe(client, filter) && clientLimits.maySubscribe(client, filter);
  mendPersistence(aedes, { outboundOf: (client) => outbounds.get(client), mayKeep });
  mendRegistry(aedes);
  watchClients(aedes, options);
  const sys = new SysTopics(aedes, {
    ...{ store, traffic, version: VERSION, everyMs: limits.sysInterval },
    subscriptionsOf: (client) => clientLimits.subscriptionsOf(client),
    expired: () => clientLimits.sessions.expired,
    memoryBytes: () => process.memoryUsage.rss(),
  });
  const listeners = await openListeners({
    ...options.listeners,
    metrics,
    limits,
    letInWithinMs: CONNECT_TIMEOUT_MS,
    onConnection: ({ stream, wire, letIn, letInWithinMs }) => {
      const client = aedes.handle(stream) as InnerClient;
      waitForConnect(client, letInWithinMs);
      client.once('connected', letIn);
      traffic.opened(stream, wire);
      guardReading(stream, {
        bytesMax: () => (client.connackSent ? limits.packetBytesMax : limits.connectBytesMax),
        reading: clientLimits.readingOf(client, stream),
        onPackets: (count) => traffic.readPackets(count),
      });
    },
  });
  return {
    port: listeners.opened[0]?.port ?? 0,
    listeners: listeners.opened,
    publish: ({ topic, payload, retain }) =>
      new Promise((resolve, reject) => {
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain, dup: false },
          (error?: Error | null) => (error ? reject(error) : resolve()),
        );
      }),
    tick() {
      durability.tick();
      clientLimits.tick(store.now());
      sys.tick(store.now());
    },
    recheck: () => gate.recheck(Object.values(aedes.clients)),
    async [Symbol.asyncDispose]() {
      durability.stop();
      await listeners[Symbol.asyncDispose]();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

/** Without a login nobody comes from another machine. */
function originOf(client: InnerClient): Origin {
  const { address = '', isLoopbackListener = false, certificateName } = connectionOf(client.conn as Duplex) ?? {};
  return { address, allowsAnonymous: isLoopbackListener, certificateName };
}
