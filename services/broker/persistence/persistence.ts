// The interface that aedes asks of a persistence (aedes-persistence 11). A promise resolves when what depends on it may be
// sent: a CONNACK, SUBACK, PUBREC, PUBREL, PUBCOMP, or a QoS 2 message, only when the change is on disk.

import { Readable } from 'node:stream';
import { IncomingMessages, type Numbered } from './incoming-messages.ts';
import type { Intake, Numbering } from './intake.ts';
import type { Ledger } from './ledger.ts';
import { MessageWriter } from './message-writer.ts';
import { type ClientRef, type OutgoingPacket, OutgoingQueues, type Subscriber } from './outgoing-queues.ts';
import { type PublishedPacket, type QueuedPacket, retainedPacket, type WillPacket } from './packets.ts';
import type { QueueLimits } from './queue-limits.ts';
import type { Subscription } from './records.ts';
import { RetainedTopics } from './retained-topics.ts';
import { type WillOwner, WillStore } from './will-store.ts';

export type PersistenceParts = {
  readonly ledger: Ledger;
  readonly intake: Intake;
  readonly limits: QueueLimits;
  readonly now: () => number;
};

export class Persistence {
  readonly queues: OutgoingQueues;
  /** What the broker says of itself, by topic: it is new after every start, and no matter for the disk. */
  readonly system = new RetainedTopics<object>();
  readonly #ledger: Ledger;
  readonly #intake: Intake;
  readonly #writer: MessageWriter;
  readonly #incoming: IncomingMessages;
  readonly #wills: WillStore;
  #broker: Numbering = { id: '', counter: 0 };

  constructor(parts: PersistenceParts) {
    const { ledger, intake, now } = parts;
    const writer = new MessageWriter(ledger, now);
    this.#ledger = ledger;
    this.#intake = intake;
    this.#writer = writer;
    this.queues = new OutgoingQueues({ ...parts, writer });
    this.#incoming = new IncomingMessages({ ledger, intake, writer });
    this.#wills = new WillStore(ledger);
  }

  get broker(): Numbering {
    return this.#broker;
  }

  async setup(broker: Numbering): Promise<void> {
    this.#broker = broker;
    // Numbers go on where they ended: they are the order of the queues.
    broker.counter = Math.max(broker.counter, this.#ledger.state.lastSeq);
    this.#intake.numberBy(broker);
    this.queues.numberBy(broker);
  }

  async storeRetained(packet: PublishedPacket): Promise<void> {
    if (packet.topic.startsWith('$SYS/')) {
      const { topic, payload } = packet;
      this.system.set(topic, { cmd: 'publish', topic, payload, qos: 0, retain: true });
      return;
    }
    const { brokerCounter } = packet;
    if (brokerCounter !== undefined && this.#intake.isUnderWay(brokerCounter)) {
      if (packet.qos > 0) return;
      // At QoS 0 nothing else is asked about the message.
      this.#intake.takeUnderWay(brokerCounter);
      this.#writer.settle(brokerCounter);
      return;
    }
    const seq = this.#writer.write({ ...packet, retain: true }, {});
    await this.#ledger.commit();
    this.#writer.settle(seq);
  }

  createRetainedStream(pattern: string): Readable {
    return this.createRetainedStreamCombi([pattern]);
  }

  createRetainedStreamCombi(patterns: readonly string[]): Readable {
    return Readable.from(this.#retained(patterns));
  }

  async *#retained(patterns: readonly string[]): AsyncIterable<object> {
    for (const pattern of patterns) {
      for await (const message of this.#ledger.state.retained.match(pattern)) {
        const payload = message.payload ?? (await this.#ledger.payloadOf(message));
        if (payload !== undefined) yield retainedPacket(message, payload);
      }
      for await (const packet of this.system.match(pattern)) yield packet;
    }
  }

  async addSubscriptions({ id }: ClientRef, added: readonly Subscription[]): Promise<void> {
    const session = this.#ledger.sessionOf(id);
    const subscriptions = new Map(session.subscriptions);
    for (const { topic, qos, rh, rap, nl, subscriptionIdentifier } of added) {
      const identifier = subscriptionIdentifier === undefined ? {} : { subscriptionIdentifier };
      subscriptions.set(topic, { topic, qos, rh, rap, nl, ...identifier });
    }
    // aedes hands in the whole SUBSCRIBE once for each of its filters.
    if (isSame(session.subscriptions, subscriptions)) return;
    this.#ledger.writeSession(session, { subscriptions: [...subscriptions.values()] });
    await this.#ledger.commit();
  }

  async removeSubscriptions({ id }: ClientRef, topics: readonly string[]): Promise<void> {
    const session = this.#ledger.state.session(id);
    if (session === undefined || !topics.some((topic) => session.subscriptions.has(topic))) return;
    const subscriptions = [...session.subscriptions.values()].filter(({ topic }) => !topics.includes(topic));
    this.#ledger.writeSession(session, { subscriptions });
    await this.#ledger.commit();
  }

  async subscriptionsByClient({ id }: ClientRef): Promise<Subscription[]> {
    return [...(this.#ledger.state.session(id)?.subscriptions.values() ?? [])].map((each) => ({ ...each }));
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    const { filters, sessions } = this.#ledger.state;
    const clientsCount = [...sessions.values()].filter(({ subscriptions }) => subscriptions.size > 0).length;
    return { subsCount: filters.size, clientsCount };
  }

  async subscriptionsByTopic(topic: string): Promise<Subscriber[]> {
    return this.#ledger.state.filters.match(topic).map(({ owner, subscription: { qos, rh, rap, nl, ...rest } }) => {
      return { clientId: owner.clientId, topic: rest.topic, qos, rh, rap, nl };
    });
  }

  /** A clean session begins: nothing of the one before is left [MQTT-3.1.2-6]. */
  async cleanSubscriptions({ id }: ClientRef): Promise<void> {
    const session = this.#ledger.state.session(id);
    if (session === undefined) return;
    this.#ledger.write({ kind: 'ended', session: session.number });
    await this.#ledger.commit();
    this.#intake.letOn();
  }

  async outgoingEnqueue(subscriber: Subscriber, packet: PublishedPacket): Promise<void> {
    if (packet.retain) this.queues.enqueueRetained(subscriber, packet);
    else await this.queues.enqueue([subscriber], packet);
  }

  outgoingEnqueueCombi(subscribers: readonly Subscriber[], packet: PublishedPacket): Promise<void> {
    return this.queues.enqueue(subscribers, packet);
  }

  outgoingUpdate(client: ClientRef, packet: OutgoingPacket): Promise<void> {
    return this.queues.update(client, packet);
  }

  async outgoingClearMessageId(client: ClientRef, packet: OutgoingPacket): Promise<QueuedPacket | undefined> {
    return this.queues.clear(client, packet);
  }

  outgoingStream(client: ClientRef): Readable {
    return Readable.from(this.queues.stream(client));
  }

  incomingStorePacket(client: ClientRef, packet: PublishedPacket): Promise<void> {
    return this.#incoming.store(client, packet);
  }

  incomingGetPacket(client: ClientRef, packet: Numbered): Promise<object> {
    return this.#incoming.get(client, packet);
  }

  incomingDelPacket(client: ClientRef, packet: Numbered): Promise<void> {
    return this.#incoming.delete(client, packet);
  }

  async cleanIncoming(client: ClientRef): Promise<void> {
    this.#incoming.clean(client);
  }

  putWill(client: WillOwner, packet: WillPacket): Promise<void> {
    return this.#wills.put(client, packet, this.#broker.id);
  }

  async getWill({ id }: ClientRef): Promise<WillPacket | undefined> {
    return this.#wills.get(id);
  }

  async delWill(client: WillOwner): Promise<WillPacket | undefined> {
    return this.#wills.delete(client);
  }

  /** The broker cuts its clients now; aedes would strike off their wills as if they had been told. */
  keepWills(): void {
    this.#wills.keep();
  }

  /** With brokers that live: this one is always among them. After a process was frozen aedes has forgotten itself. */
  streamWill(brokers?: Readonly<Record<string, unknown>>): Readable {
    return Readable.from(this.#wills.all(brokers === undefined ? {} : { ...brokers, [this.#broker.id]: true }));
  }

  getClientList(topic: string): Readable {
    const { sessions } = this.#ledger.state;
    return Readable.from(
      [...sessions.values()].flatMap((each) => (each.subscriptions.has(topic) ? [each.clientId] : [])),
    );
  }

  async destroy(): Promise<void> {
    await this.#ledger.log[Symbol.asyncDispose]();
  }
}

function isSame(before: ReadonlyMap<string, Subscription>, after: ReadonlyMap<string, Subscription>): boolean {
  if (before.size !== after.size) return false;
  for (const [topic, subscription] of after)
    if (JSON.stringify(before.get(topic)) !== JSON.stringify(subscription)) return false;
  return true;
}
