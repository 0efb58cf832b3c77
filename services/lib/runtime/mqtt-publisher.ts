// The publishing connection: a queue that outlives its connections. What was under way when one was lost goes first on the next,
// in order, and all at once. How much is under way is bounded by us and by the broker (its Receive Maximum); what it says it will
// not take (too large, refused) waits aside, is told, and is offered again, for nobody but its caller may let go of it.

import type { PublishOptions } from './bus.ts';
import type { Log } from './log.ts';
import { type End, type MqttAddress, MqttConnection, type Packet } from './mqtt-connection.ts';
import type { Welcome } from './mqtt-login.ts';
import { kindProperties, type Outgoing, publishPacket } from './publish-packet.ts';
import { Reconnecting } from './reconnecting.ts';
import { TopicAliases } from './topic-aliases.ts';

export type PublisherOptions = {
  /** Unique at the broker. */
  readonly clientId: string;
  /** Published by the broker, retained, when this connection is lost without a goodbye; asked for before each. */
  readonly will?: () => { readonly topic: string; readonly payload: string };
  /** Most QoS 1 messages under way; publish() waits past that. */
  readonly maxInFlight?: number;
};

const MAX_IN_FLIGHT_DEFAULT = 1_000;
const CLOSE_WAIT_MS = 3_000;
/** How long a refused message waits before it is offered again. */
const REFUSED_WAIT_MS = 5_000;
/** Refused, a thousand messages are one line in the log, and so are they when they are refused again. */
const TELL_EVERY_MS = 60_000;
/** Fixed header, topic and properties of any message of ours are shorter. */
const ENVELOPE_BYTES = 1_024;
const PACKET_IDS = 65_535;
const TOPIC_ALIAS_INVALID = 148;
const REFUSED = 128;
const NO_QOS_1 =
  'the broker takes messages at QoS 0 only, and they would be lost (Maximum QoS 0); let it take QoS 1, or use another';
const NO_RETAINED =
  'the broker keeps no retained messages, which alarms and what is known of devices are (Retain Available 0); let it keep them, or use another';
const CLOSED = 'Cannot publish: the bus is closed';

type Waiting = Outgoing & {
  /** Order of calls. */
  readonly turn: number;
  readonly settle: (error?: Error) => void;
};

export class MqttPublisher {
  readonly #address: MqttAddress;
  readonly #options: PublisherOptions;
  readonly #log: Log;
  readonly #reconnecting = new Reconnecting();
  readonly #onConnect: (() => void)[] = [];
  #connection: MqttConnection | undefined;
  /** The broker has let us in. */
  #welcome: Welcome | undefined;
  #aliases = new TopicAliases(0);
  /** The broker said that it does not know one it should: it gets whole topics from then on. */
  #hasAliases = true;
  /** To be sent, in order, from `#next` on: to move all others up with each would cost more than to send it. */
  #unsent: Waiting[] = [];
  #next = 0;
  /** By packet id, in the order in which they were sent. */
  readonly #underWay = new Map<number, Waiting>();
  /** What the broker would not have as things are. */
  #aside: Waiting[] = [];
  #asideTimer: NodeJS.Timeout | undefined;
  #asideProblem: string | undefined;
  #asideToldMs = Number.NEGATIVE_INFINITY;
  #turn = 0;
  #lastId = 0;
  #problem: string | undefined = 'connecting';
  #logged: string | undefined;
  #toldVersion: number | undefined;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #onSettled: (() => void) | undefined;

  constructor(address: MqttAddress, options: PublisherOptions, log: Log) {
    this.#address = address;
    this.#options = options;
    this.#log = log;
    this.#connect();
  }

  problem(): string | undefined {
    return this.#problem ?? this.#asideProblem;
  }

  payloadBytesMax(): number {
    return Math.max(0, (this.#welcome?.packetBytesMax ?? Number.POSITIVE_INFINITY) - ENVELOPE_BYTES);
  }

  onConnect(listener: () => void): void {
    if (this.#welcome !== undefined) listener();
    this.#onConnect.push(listener);
  }

  publish(topic: string, payload: string | Buffer, options: PublishOptions): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error(CLOSED));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { expiryMs } = options;
    this.#unsent.push({
      ...{ topic, payload, options, turn: this.#turn++ },
      expiresAt: expiryMs === undefined ? undefined : performance.now() + expiryMs,
      settle: (error) => (error === undefined ? resolve() : reject(error)),
    });
    this.#pump();
    return promise;
  }

  #connect(): void {
    const { clientId } = this.#options;
    const will = this.#options.will?.();
    const login = {
      ...{ version: this.#reconnecting.version, clientId, isClean: true },
      ...(will && { will: { ...will, properties: kindProperties(will.topic) } }),
    };
    const connection: MqttConnection = new MqttConnection(this.#address, login, {
      onWelcome: (welcome) => this.#onWelcome(connection, welcome),
      onPacket: (packet) => this.#onPacket(packet),
      onDrain: () => this.#pump(),
      onClosed: (end) => this.#onClosed(end),
    });
    this.#connection = connection;
  }

  #onWelcome(connection: MqttConnection, welcome: Welcome): void {
    const { version, qosMax, keepsRetained, topicAliasMax } = welcome;
    this.#reconnecting.onWelcome();
    if (qosMax < 1 || !keepsRetained) {
      connection.fail(qosMax < 1 ? NO_QOS_1 : NO_RETAINED, 'refused');
      return;
    }
    if (version !== this.#toldVersion) {
      this.#toldVersion = version;
      this.#log.info({ clientId: this.#options.clientId, mqtt: version === 5 ? '5' : '3.1.1' }, 'at the broker');
    }
    this.#welcome = welcome;
    this.#aliases = new TopicAliases(this.#hasAliases ? topicAliasMax : 0);
    this.#reconnecting.onGranted();
    this.#problem = undefined;
    this.#logged = undefined;
    this.#offerAgain();
    for (const listener of this.#onConnect) listener();
  }

  #pump(): void {
    while (this.#next < this.#unsent.length && this.#hasRoom) {
      const message = this.#unsent[this.#next++];
      if (message !== undefined) this.#send(message);
    }
    if (this.#next * 2 <= this.#unsent.length) return;
    this.#unsent = this.#unsent.slice(this.#next);
    this.#next = 0;
  }

  get #hasRoom(): boolean {
    if (this.#welcome === undefined || this.#connection?.isWritable !== true || this.#connection.isFull) return false;
    const { maxInFlight = MAX_IN_FLIGHT_DEFAULT } = this.#options;
    return this.#underWay.size < Math.min(maxInFlight, this.#welcome.receiveMaximum);
  }

  #send(message: Waiting): void {
    const { topic, options, expiresAt = Number.POSITIVE_INFINITY } = message;
    if (this.#welcome === undefined || this.#connection === undefined) return;
    const now = performance.now();
    if (expiresAt <= now) {
      message.settle();
      return;
    }
    const { version, packetBytesMax } = this.#welcome;
    const aliased = version === 5 && options.isFrequent === true ? this.#aliases.of(topic) : undefined;
    const messageId = options.qos === 0 ? undefined : this.#freeId();
    const packet = this.#connection.encode(publishPacket(message, { version, messageId, aliased, now }));
    if (packet.length > packetBytesMax) {
      this.#setAside(
        message,
        `a message on ${topic} has ${packet.length} bytes and the broker takes ${packetBytesMax}; raise its maximum packet size`,
      );
      return;
    }
    if (messageId === undefined) message.settle();
    else this.#underWay.set(messageId, message);
    if (aliased !== undefined) this.#aliases.onTold(topic, aliased);
    this.#connection.write(packet);
  }

  /** Fewer are under way than there are ids. */
  #freeId(): number {
    do this.#lastId = (this.#lastId % PACKET_IDS) + 1;
    while (this.#underWay.has(this.#lastId));
    return this.#lastId;
  }

  #onPacket(packet: Packet): void {
    if (packet.cmd !== 'puback') return;
    const { messageId = 0, reasonCode: code = 0, properties } = packet;
    const message = this.#underWay.get(messageId);
    if (message === undefined) return;
    this.#underWay.delete(messageId);
    if (code < REFUSED) message.settle();
    else {
      const begin = `the broker refused a message on ${message.topic}`;
      const reason = { packet: 'PUBACK', code, reasonString: properties?.reasonString } as const;
      this.#setAside(message, this.#connection?.sentence(begin, reason) ?? begin);
    }
    this.#pump();
    if (this.#isIdle) this.#onSettled?.();
  }

  #setAside(message: Waiting, problem: string): void {
    const now = performance.now();
    if (now - this.#asideToldMs > TELL_EVERY_MS) {
      this.#asideToldMs = now;
      this.#log.warn({ clientId: this.#options.clientId }, problem);
    }
    this.#asideProblem = problem;
    this.#aside.push(message);
    this.#asideTimer ??= setTimeout(() => this.#offerAgain(), REFUSED_WAIT_MS);
  }

  /** What was set aside goes first again: it is the oldest. */
  #offerAgain(): void {
    clearTimeout(this.#asideTimer);
    this.#asideTimer = undefined;
    this.#asideProblem = undefined;
    this.#putBack(this.#aside);
    this.#aside = [];
    this.#pump();
  }

  #putBack(messages: readonly Waiting[]): void {
    if (messages.length === 0) return;
    this.#unsent = [...messages, ...this.#unsent.slice(this.#next)].sort((a, b) => a.turn - b.turn);
    this.#next = 0;
  }

  #onClosed({ kind, reason: said, code }: End): void {
    const { clientId } = this.#options;
    const wasIn = this.#welcome !== undefined;
    this.#welcome = undefined;
    this.#connection = undefined;
    if (code === TOPIC_ALIAS_INVALID) this.#hasAliases = false;
    this.#putBack([...this.#underWay.values()]);
    this.#underWay.clear();
    if (this.#isClosed) {
      this.#onSettled?.();
      return;
    }
    const waitMs = this.#reconnecting.onEnd(kind, wasIn);
    const reason = this.#reconnecting.reasonOf(said, clientId);
    this.#problem = reason;
    if ((wasIn || kind === 'refused') && reason !== this.#logged) {
      this.#logged = reason;
      this.#log.warn({ clientId, reason }, wasIn ? 'publisher lost the broker' : 'still no broker');
    }
    this.#reconnectTimer = setTimeout(() => this.#connect(), waitMs);
  }

  get #isIdle(): boolean {
    return this.#underWay.size === 0 && this.#next === this.#unsent.length;
  }

  /** Waits a while for what the broker is about to take; what it has not taken by then is the caller's to keep. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#problem = 'closed';
    clearTimeout(this.#reconnectTimer);
    if (this.#welcome !== undefined && !this.#isIdle) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#onSettled = resolve;
        timer = setTimeout(resolve, CLOSE_WAIT_MS);
      });
      clearTimeout(timer);
    }
    clearTimeout(this.#asideTimer); // what was refused meanwhile is offered to nobody any more
    // Without a goodbye where something is still under way, so that the broker publishes the last will.
    if (this.#isIdle) await this.#connection?.leave();
    else this.#connection?.fail('the bus is closed');
    const left = [...this.#underWay.values(), ...this.#unsent.slice(this.#next), ...this.#aside];
    for (const { settle } of left) settle(new Error(CLOSED));
  }
}
