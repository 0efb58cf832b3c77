// What the broker says of itself below $SYS/broker, by mosquitto's names and in its form, for the tools that know them. Those
// that mosquitto itself calls deprecated are left out, but for messages/stored, which many dashboards still ask for.

import type { Client, InnerAedes } from '../aedes-internals.ts';
import { SESSION_FILTER } from '../mend-persistence.ts';
import type { Store } from '../persistence/store.ts';
import { LOAD_MINUTES, LoadAverage } from './load-averages.ts';
import type { Traffic, TrafficCounts } from './traffic.ts';

export type SysOptions = {
  readonly store: Store;
  readonly traffic: Traffic;
  /** Filters that a connected client has subscribed to. */
  readonly subscriptionsOf: (client: Client) => number;
  readonly expired: () => number;
  readonly version: string;
  /** Bytes of memory in use. */
  readonly memoryBytes: () => number;
  readonly everyMs: number;
};

type Clients = { readonly connected: number; readonly disconnected: number; readonly subscriptions: number };

/** By the end of `load/…` what is averaged there. */
const LOADS: Readonly<Record<string, (counts: TrafficCounts, dropped: number) => number>> = {
  'messages/received': ({ packetsReceived }) => packetsReceived,
  'messages/sent': ({ packetsSent }) => packetsSent,
  'publish/received': ({ publishesReceived }) => publishesReceived,
  'publish/sent': ({ publishesSent }) => publishesSent,
  'publish/dropped': (_, dropped) => dropped,
  'bytes/received': ({ bytesReceived }) => bytesReceived,
  'bytes/sent': ({ bytesSent }) => bytesSent,
  sockets: ({ sockets }) => sockets,
  connections: ({ connections }) => connections,
};

export class SysTopics {
  readonly #aedes: InnerAedes;
  readonly #options: SysOptions;
  readonly #loads = new Map(Object.keys(LOADS).map((name) => [name, new LoadAverage()]));
  readonly #said = new Map<string, string>();
  readonly #openedAt: number;
  #saidAt: number;
  #connectedMax = 0;
  #memoryMax = 0;

  constructor(aedes: InnerAedes, options: SysOptions) {
    this.#aedes = aedes;
    this.#options = options;
    this.#openedAt = options.store.now();
    this.#saidAt = this.#openedAt;
    aedes.on('client', () => {
      this.#connectedMax = Math.max(this.#connectedMax, aedes.connectedClients);
    });
  }

  /** Publishes what has changed, where it is time to. */
  tick(now: number): void {
    const { everyMs } = this.#options;
    if (everyMs === 0 || now - this.#saidAt < everyMs) return;
    const values = this.#values(now);
    this.#saidAt = now;
    for (const [name, value] of Object.entries(values)) {
      if (this.#said.get(name) === value) continue;
      this.#said.set(name, value);
      const message = { topic: `$SYS/broker/${name}`, payload: Buffer.from(value), qos: 0, retain: true } as const;
      this.#aedes.publish({ cmd: 'publish', dup: false, ...message }, () => {});
    }
  }

  #values(now: number): Record<string, string> {
    const { traffic, version, store, memoryBytes, expired } = this.#options;
    const { state } = store.ledger;
    const counts = traffic.counts();
    const { dropped } = store.limits;
    const memory = memoryBytes();
    this.#memoryMax = Math.max(this.#memoryMax, memory);
    const { connected, disconnected, subscriptions } = this.#clients();
    const retained = state.retained.size + store.persistence.system.size;
    const stored = state.messages.size + store.persistence.system.size;
    const numbers = {
      'clients/total': connected + disconnected,
      'clients/maximum': this.#connectedMax,
      'clients/connected': connected,
      'clients/disconnected': disconnected,
      'clients/expired': expired(),
      'messages/received': counts.packetsReceived,
      'messages/sent': counts.packetsSent,
      'messages/stored': stored,
      'publish/messages/received': counts.publishesReceived,
      'publish/messages/sent': counts.publishesSent,
      'publish/messages/dropped': dropped,
      'publish/bytes/received': counts.publishBytesReceived,
      'publish/bytes/sent': counts.publishBytesSent,
      'bytes/received': counts.bytesReceived,
      'bytes/sent': counts.bytesSent,
      'subscriptions/count': subscriptions,
      'retained messages/count': retained,
      'store/messages/count': stored,
      'store/messages/bytes': state.messageBytes,
      'heap/current': memory,
      'heap/maximum': this.#memoryMax,
    };
    return {
      version: `penstock version ${version}`,
      uptime: `${Math.floor((now - this.#openedAt) / 1_000)} seconds`,
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)])),
      ...this.#loadsNow(counts, now - this.#saidAt),
    };
  }

  #loadsNow(counts: TrafficCounts, elapsedMs: number): Record<string, string> {
    const texts: Record<string, string> = {};
    for (const [name, load] of this.#loads) {
      load.add(LOADS[name]?.(counts, this.#options.store.limits.dropped) ?? 0, elapsedMs);
      for (const minutes of LOAD_MINUTES) texts[`load/${name}/${minutes}min`] = load.over(minutes).toFixed(2);
    }
    return texts;
  }

  /** Of who is away, what its session keeps. */
  #clients(): Clients {
    const { store, subscriptionsOf } = this.#options;
    let [connected, disconnected, subscriptions] = [0, 0, 0];
    for (const client of Object.values(this.#aedes.clients)) {
      connected++;
      subscriptions += subscriptionsOf(client);
    }
    for (const [clientId, session] of store.ledger.state.sessions) {
      if (this.#aedes.clients[clientId] !== undefined) continue;
      disconnected++;
      subscriptions += session.subscriptions.size - (session.subscriptions.has(SESSION_FILTER) ? 1 : 0);
    }
    return { connected, disconnected, subscriptions };
  }
}
