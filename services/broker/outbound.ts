// How messages reach one client. This stands in place of aedes' own `deliver0` and `deliverQoS`, which
//   - drop a message that another one overtook, for they remember only the highest number seen of a broker;
//   - send at the QoS of whichever of several matching subscriptions comes first, and at the publisher's where the
//     subscription has a wildcard [MQTT-3.3.5-1, MQTT-3.8.4-6];
//   - send live messages before the queue of a returning client, and before its CONNACK;
//   - pass the publisher's DUP on, and never set their own [MQTT-3.3.1-1, MQTT-3.3.1-3];
//   - give out packet ids that are still in use, so that a reader at QoS 2 takes the new message for the old one;
//   - keep no retained message for a session that has not acknowledged it.

import type { Socket } from 'node:net';
import { writeToStream } from 'mqtt-packet';
import { matchesFilter } from '#domain/topic.ts';
import type { AedesMessage, Deliver, InnerAedes, InnerClient, Qos } from './aedes-internals.ts';

const PACKET_ID_MAX = 65_535;
/** Whoever has this many unacknowledged messages reads them and never answers; half of the ids are free then. */
const UNACKNOWLEDGED_MAX = 32_768;

export class Outbound {
  readonly #aedes: InnerAedes;
  readonly #client: InnerClient;
  /** Granted QoS by filter, as long as the subscription delivers. */
  readonly #granted = new Map<string, Qos>();
  /** Packet ids that are sent and not acknowledged. */
  readonly #unacknowledged = new Set<number>();
  #packetId = 0;
  /** Number of the message delivered last: all subscriptions that match it are called in one go. */
  #last: number | undefined;
  /** Live messages while the queue is sent, bounded by the queue: every one of them is stored there too. */
  #held: { readonly message: AedesMessage; readonly done: () => void }[] | undefined = [];
  /** Numbers of this broker's messages that the queue held, until the live ones are let go. */
  readonly #queued = new Set<number>();

  constructor(aedes: InnerAedes, client: InnerClient) {
    this.#aedes = aedes;
    this.#client = client;
    client.deliver0 = this.#deliver;
    client.deliverQoS = this.#deliver;
    client.subscriptions = new Proxy(client.subscriptions, {
      set: (subscriptions, filter: string, subscription) => {
        this.#granted.set(filter, subscription.qos);
        return Reflect.set(subscriptions, filter, subscription);
      },
      deleteProperty: (subscriptions, filter: string) => {
        this.#granted.delete(filter);
        return Reflect.deleteProperty(subscriptions, filter);
      },
    });
    client.once('connected', () => this.#letGo());
    // Not delivered, so still in the client's queue.
    client.conn.once('close', () => {
      for (const { done } of this.#held?.splice(0) ?? []) done();
    });
  }

  /** What a returning client is owed, ready to be sent: aedes writes each as it comes. */
  async *queue(stored: AsyncIterable<AedesMessage>): AsyncGenerator<AedesMessage> {
    for await (const message of stored) {
      // A clean session is owed nothing: aedes only empties what an earlier one left.
      if (this.#client.clean) yield message;
      else yield this.#redeliver(message);
    }
  }

  acknowledged(packetId: number): void {
    this.#unacknowledged.delete(packetId);
  }

  #redeliver(message: AedesMessage): AedesMessage {
    if (message.brokerId === this.#aedes.id) this.#queued.add(message.brokerCounter);
    if (message.messageId !== undefined) {
      this.#unacknowledged.add(message.messageId);
      return message.cmd === 'publish' ? { ...message, qos: this.#qosOf(message), dup: true } : message;
    }
    return { ...message, qos: this.#qosOf(message), dup: false, messageId: this.#nextPacketId() };
  }

  readonly #deliver: Deliver = (message, done) => {
    if (message.brokerId !== null) {
      if (message.brokerCounter === this.#last) return done();
      this.#last = message.brokerCounter;
    }
    if (!this.#aedes.authorizeForward(this.#client, message as never)) return done();
    const qos = Math.min(message.qos, this.#grantedFor(message.topic)) as Qos;
    if (this.#held === undefined) this.#send({ ...message, qos, dup: false }, done);
    else if (qos > 0) this.#held.push({ message: { ...message, qos, dup: false }, done });
    else done(); // QoS 0 is not kept for who is not there, and its CONNACK comes first
  };

  #letGo(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const { message, done } of held) {
      if (this.#queued.has(message.brokerCounter)) done();
      else this.#send(message, done);
    }
    this.#queued.clear();
  }

  #send(message: AedesMessage, done: () => void): void {
    if (message.qos === 0) this.#write(message, done);
    else if (this.#unacknowledged.size < UNACKNOWLEDGED_MAX) this.#sendNumbered(message, done);
    else {
      this.#client.emit('error', new Error(`${UNACKNOWLEDGED_MAX} messages are not acknowledged`));
      done();
    }
  }

  #sendNumbered(message: AedesMessage, done: () => void): void {
    const packet = { ...message, brokerId: message.brokerId ?? this.#aedes.id, messageId: this.#nextPacketId() };
    const write = () => this.#write(packet, done);
    const drop = () => {
      // It is in the queue no more: dropped there by its limits, or published before the subscription was.
      this.#unacknowledged.delete(packet.messageId);
      done();
    };
    if (this.#client.clean) write();
    else this.#store(packet).then(write, drop);
  }

  /** Keeps the packet id with the stored message; a retained one is not yet stored for this client. */
  async #store(packet: AedesMessage): Promise<void> {
    const { persistence } = this.#aedes;
    if (packet.retain) await persistence.outgoingEnqueue({ clientId: this.#client.id }, packet);
    await persistence.outgoingUpdate(this.#client, packet);
  }

  #write(packet: AedesMessage, done: () => void): void {
    const client = this.#client;
    if (client.closed || client.errored) return void setImmediate(done);
    if (writeToStream(packet, client.conn as Socket)) setImmediate(done);
    else client.waitForDrain(() => done());
  }

  #qosOf(message: AedesMessage): Qos {
    const granted = this.#grantedFor(message.topic);
    // Unsubscribed since: what was promised is kept [MQTT-3.10.4-3].
    return granted === 0 ? message.qos : (Math.min(message.qos, granted) as Qos);
  }

  /** The highest QoS of the subscriptions that match; 0 where none does. */
  #grantedFor(topic: string): Qos {
    let highest: Qos = 0;
    for (const [filter, qos] of this.#granted) {
      if (qos > highest && matchesFilter(filter, topic)) highest = qos;
    }
    return highest;
  }

  #nextPacketId(): number {
    do this.#packetId = (this.#packetId % PACKET_ID_MAX) + 1;
    while (this.#unacknowledged.has(this.#packetId));
    this.#unacknowledged.add(this.#packetId);
    return this.#packetId;
  }
}
