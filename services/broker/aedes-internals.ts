// What aedes 1.2.0 has and its types leave out, as far as we stand on it. The version is pinned: whoever raises it reads
// `lib/client.js`, `lib/handlers/` and aedes-persistence's interface again.

import type { Aedes, Client } from 'aedes';

export type { Aedes, Client };

export type Qos = 0 | 1 | 2;

/** A message on its way to a client, or stored for one. */
export type AedesMessage = {
  readonly cmd: 'publish' | 'pubrel';
  /** Who made it; null for a retained message that is sent because somebody subscribed. */
  readonly brokerId: string | null;
  /** Together with `brokerId` the message's name. */
  readonly brokerCounter: number;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Where it is stored: the packet id under which it was sent; undefined before that. */
  readonly messageId?: number | undefined;
  /** Ours: it is in a queue because its client subscribed, and is sent with RETAIN [MQTT-3.3.1-8]. */
  readonly isRetainedCopy?: true;
};

/** Called for each matching subscription of a client; `done` where the message is written or will never be. */
export type Deliver = (message: AedesMessage, done: () => void) => void;

export type InnerClient = Client & {
  readonly connackSent: boolean;
  readonly errored: boolean;
  /** By filter. Written when a subscription begins to deliver, deleted when it has ended. */
  subscriptions: Record<string, { readonly qos: Qos }>;
  deliver0: Deliver;
  deliverQoS: Deliver;
  waitForDrain(done: () => void): void;
  /** Runs until CONNECT. */
  _connectTimer: NodeJS.Timeout | null;
  /** Runs while somebody waits for the drain. */
  readonly _drainTimer: NodeJS.Timeout | null;
  /** Runs out where nothing comes; null without a keepalive, and when the connection has closed. */
  readonly _keepaliveTimer: NodeJS.Timeout | null;
  /** What is read goes through it. */
  readonly _parser: {
    prependListener(event: 'packet', listener: (packet: { cmd: string }) => void): void;
  };
  /** Packets that were read and are not done with; the next piece is read when there are none. */
  _parsingBatch: number;
  _nextBatch(): void;
};

/** What delivery needs of the aedes-persistence interface, whoever implements it. */
export type Persistence = {
  addSubscriptions(
    client: Client,
    subscriptions: readonly { readonly topic: string; readonly qos: Qos }[],
  ): Promise<void>;
  outgoingEnqueue(subscription: { readonly clientId: string }, message: AedesMessage): Promise<void>;
  outgoingUpdate(client: Client, message: AedesMessage): Promise<void>;
  /** By the packet id, or by the number of what was never sent. */
  outgoingClearMessageId(
    client: Client,
    acknowledged: { readonly messageId?: number | undefined; readonly brokerCounter?: number },
  ): Promise<unknown>;
  outgoingStream(client: Client): AsyncIterable<AedesMessage>;
};

export type InnerAedes = Aedes & {
  readonly persistence: Persistence;
  /** Who is connected, by client id; without a prototype, for ids come from outside. */
  readonly clients: Record<string, Client>;
  _finishRegisterClient(client: Client): void;
  unregisterClient(client: Client): void;
};
