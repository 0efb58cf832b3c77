// What a service sees of MQTT: one connection to publish on, and consumers that say themselves when a message is done.
// Consuming and publishing never share a connection, so that a stalled consumer cannot hold up an acknowledged publish.
// Implementations: mqtt-bus.ts (a real broker) and memory-bus.ts (its double, for tests without sockets).

/** A message as a consumer gets it. Messages come in the broker's order. */
export type Delivery = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  /** The broker sent it because it was stored, not because it was just published. */
  readonly retained: boolean;
  /** The W3C trace that it belongs to, where its sender said so; MQTT 5 alone can. */
  readonly traceparent?: string | undefined;
  /**
   * Says that the message needs no keeping any more. PUBACKs go out in order of arrival [MQTT-4.6.0-2]: a message that is
   * never acknowledged holds back those behind it, and all of them come again after a reconnect. A QoS 0 message has no
   * PUBACK, but takes room in the window until this is called. Idempotent.
   */
  readonly ack: () => void;
};

export type ConsumeOptions = {
  /** Unique at the broker. With `cleanSession: false` the broker keeps the queue under this name while we are away. */
  readonly clientId: string;
  readonly filters: readonly string[];
  /**
   * Filters that an earlier life may have subscribed to and that are not its own any more. A session that the broker has kept
   * is rid of them; what waits in it already still comes.
   */
  readonly formerFilters?: readonly string[];
  /**
   * Filters whose messages are shared out among all consumers of that group, each to one of them, and none of what is retained.
   * MQTT 5 alone can: with another broker the consumer stays out and says why.
   */
  readonly shared?: { readonly group: string; readonly filters: readonly string[] } | undefined;
  readonly cleanSession: boolean;
  /**
   * Most messages, and most payload bytes, delivered and not yet acknowledged. A broker of MQTT 5 is told of the former, and
   * sends no more; else no more is read, and where that lasts, a consumer with a session leaves the broker until half of them
   * are done.
   */
  readonly window?: number;
  readonly windowBytes?: number;
  /**
   * Called whenever the broker has let us in: it has kept our session, or it has none and what it may have kept is gone.
   * Retained messages follow in either case.
   */
  readonly onSession?: (kind: 'resumed' | 'new') => void;
  /** Called once per message, never concurrently; must not throw. */
  readonly onDelivery: (delivery: Delivery) => void;
};

export type Consumer = AsyncDisposable & {
  /** Resolves when the broker has granted the filters for the first time; never rejects. */
  readonly ready: Promise<void>;
  /** undefined while it works; else what is wrong, in words. */
  problem(): string | undefined;
  /** Delivered and not yet acknowledged. */
  readonly inFlight: number;
};

export type PublishOptions = {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  /** Not to be delivered later than this: what waits for the broker so long is dropped, and MQTT 5 lets it do the same. */
  readonly expiryMs?: number;
  /** What the answer must bear, and the topic it is awaited on; for MQTT 5, besides what the payload says. */
  readonly correlation?: string;
  readonly responseTopic?: string;
  /** The W3C trace it belongs to; for MQTT 5. */
  readonly traceparent?: string | undefined;
  /** The topic is one of a few that come again and again: MQTT 5 can give it a number for short. */
  readonly isFrequent?: boolean;
};

export type Bus = AsyncDisposable & {
  /**
   * Resolves when the broker has taken the message (PUBACK at QoS 1, the default), across reconnects, or its expiry has passed.
   * Waits while too many are under way: awaiting it is the back-pressure. Order of calls is order of messages; one that the
   * broker refuses (MQTT 5 can) is offered again until it is taken, behind those that follow it. Rejects only when the bus is
   * closed.
   */
  publish(topic: string, payload: string | Buffer, options?: PublishOptions): Promise<void>;
  consume(options: ConsumeOptions): Consumer;
  /** Called each time the publishing connection comes up, the first time included: a broker may have lost what it retained. */
  onConnect(listener: () => void): void;
  /** undefined while the publishing connection is up and nothing is refused; else what is wrong, in words. */
  problem(): string | undefined;
  /** The longest payload that the broker takes; Infinity where it has not said. */
  payloadBytesMax(): number;
};
