// How messages reach one client. This stands in place of aedes' own `deliver0` and `deliverQoS`, and of the way it empties
// queues, which
//   - drop a message that another one overtook, for they remember only the highest number seen of a broker;
//   - send at the QoS of whichever of several matching subscriptions comes first, and at the publisher's where the
//     subscription has a wildcard [MQTT-3.3.5-1, MQTT-3.8.4-6];
//   - send live messages before the queue of a returning client, and before its CONNACK;
//   - pass the publisher's DUP on, and never set their own [MQTT-3.3.1-1, MQTT-3.3.1-3];
//   - give out packet ids that are still in use, so that a reader at QoS 2 takes the new message for the old one;
//   - keep no retained message for a session that has not acknowledged it.
// A session that returns catches up from its queue, at its own pace and without making any publisher wait; what is published
// meanwhile is in that queue too. From then on messages come live, and a subscriber that lags makes its publishers wait.

import type { Socket } from 'node:net';
import { type Packet, writeToStream } from 'mqtt-packet';
import type { AedesMessage, Deliver, InnerAedes, InnerClient, Qos } from './aedes-internals.ts';
import { Granted } from './granted.ts';
import { InFlight } from './in-flight.ts';

/** Unacknowledged messages past which publishers wait. The services' own window is 20,000; half of the packet ids are free. */
const UNACKNOWLEDGED_MAX = 32_768;
/** More come only from thousands of publishers at once; past it nothing is sent live, before the packet ids run out. */
const UNACKNOWLEDGED_LIVE_MAX = 60_000;

export type OutboundOptions = {
  /** Whether a message that waited here is worth nothing any more. */
  readonly isOver: (message: AedesMessage) => boolean;
  /** A message went out. */
  readonly onSent: (message: AedesMessage) => void;
};

export class Outbound {
  readonly #aedes: InnerAedes;
  readonly #client: InnerClient;
  readonly #granted: Granted;
  readonly #isOver: OutboundOptions['isOver'];
  readonly #onSent: OutboundOptions['onSent'];
  readonly #inFlight = new InFlight();
  /** Number of the message delivered last: all subscriptions that match it are called in one go. */
  #last: number | undefined;
  /** The queue of the session, from its first message; undefined where the client has none. */
  #queue: (() => AsyncIterable<AedesMessage>) | undefined;
  /** From before its subscriptions are in force until it has been sent everything. */
  #isCatchingUp = true;
  /** Something was published while the queue was read, perhaps behind the place where it is read. */
  #hasMissed = false;
  #isHeldUp = false;
  #onRoom = () => {};

  constructor(aedes: InnerAedes, client: InnerClient, { isOver, onSent }: OutboundOptions) {
    this.#aedes = aedes;
    this.#isOver = isOver;
    this.#client = client;
    this.#onSent = onSent;
    this.#granted = new Granted(client);
    client.deliver0 = this.#deliver;
    client.deliverQoS = this.#deliver;
    client.conn.once('close', () => this.#onRoom());
  }

  /** The session has a queue: it is sent once the client is let in. */
  owe(queue: () => AsyncIterable<AedesMessage>): void {
    this.#queue = queue;
    this.#client.once('connected', () => this.#catchUp());
  }

  acknowledged(packetId: number): void {
    this.#inFlight.remove(packetId);
    if (this.#inFlight.size >= UNACKNOWLEDGED_MAX) return;
    this.#onRoom();
    if (!this.#isHeldUp) return;
    // This is how aedes lets go of who waits, and stops the clock that would end the connection.
    this.#isHeldUp = false;
    this.#client.conn.emit('drain');
  }

  readonly #deliver: Deliver = (message, done) => {
    if (message.brokerId !== null) {
      if (message.brokerCounter === this.#last) return done();
      this.#last = message.brokerCounter;
    }
    if (!this.#mayReceive(message)) return done();
    const qos = Math.min(message.qos, this.#granted.qosFor(message.topic)) as Qos;
    const packet = { ...message, qos, dup: false };
    if (qos > 0) this.#deliverNumbered(packet, done);
    else if (this.#client.connackSent) this.#write(packet, done);
    else done(); // QoS 0 is not kept for who is not there yet, and CONNACK comes first
  };

  #deliverNumbered(packet: AedesMessage, done: () => void): void {
    const hasRoom = this.#inFlight.size < UNACKNOWLEDGED_LIVE_MAX;
    if (this.#client.clean) {
      if (hasRoom) this.#sendUnkept(packet, done);
      else this.#fail(new Error('messages are not acknowledged'), done);
    } else if (packet.brokerId === null) this.#queueRetained(packet, done);
    else if (hasRoom && !this.#isCatchingUp) this.#sendKept(packet, done);
    else {
      this.#lookAgain();
      done();
    }
  }

  #sendUnkept(message: AedesMessage, done: () => void): void {
    const packet = { ...message, messageId: this.#inFlight.freeId() };
    this.#inFlight.add(packet.messageId, undefined);
    this.#write(packet, done);
  }

  /** A message that is in the queue of the session; unless that was read since, and it was sent from there. */
  #sendKept(message: AedesMessage, done: () => void): void {
    if (this.#isInFlight(message)) {
      done();
      return;
    }
    const packet = { ...message, messageId: this.#inFlight.freeId() };
    this.#store(packet).then((isStored) => (isStored ? this.#write(packet, done) : done()));
  }

  /** A retained message for a new subscription: it is put into the queue, and sent from there. */
  #queueRetained(message: AedesMessage, done: () => void): void {
    const { persistence, id: brokerId } = this.#aedes;
    const stored = { ...message, brokerId, isRetainedCopy: true } as const;
    persistence.outgoingEnqueue({ clientId: this.#client.id }, stored).then(
      () => {
        this.#lookAgain();
        done();
      },
      (error) => this.#fail(error, done),
    );
  }

  /** Ends the connection; whoever published goes on. */
  #fail(error: unknown, done: () => void): void {
    this.#client.emit('error', error);
    done();
  }

  /** There is something in the queue that was not there, perhaps, when it was read. */
  #lookAgain(): void {
    this.#hasMissed = true;
    if (!this.#isCatchingUp) this.#catchUp();
  }

  /** Sends the queue until nothing is in it that this connection was not sent. */
  async #catchUp(): Promise<void> {
    const client = this.#client;
    this.#isCatchingUp = true;
    this.#hasMissed = true;
    try {
      // Who has gone does not touch the queue: its successor may be reading it.
      while (this.#hasMissed && !client.closed) {
        this.#hasMissed = false;
        for await (const stored of this.#queue?.() ?? []) {
          if (this.#isInFlight(stored)) continue;
          while (this.#inFlight.size >= UNACKNOWLEDGED_MAX && !client.closed)
            await new Promise<void>((resolve) => (this.#onRoom = resolve));
          if (client.closed) return;
          if (this.#mayReceive(stored) && !this.#isOver(stored)) await this.#sendStored(stored);
          else await this.#aedes.persistence.outgoingClearMessageId(client, stored);
        }
      }
      this.#isCatchingUp = false;
    } catch (error) {
      this.#fail(error, () => {});
    }
  }

  async #sendStored(stored: AedesMessage): Promise<void> {
    const messageId = stored.messageId ?? this.#inFlight.freeId();
    const packet = stored.cmd === 'pubrel' ? stored : { ...stored, ...this.#flagsOf(stored), messageId };
    if (!(await this.#store(packet))) return;
    const conn = this.#client.conn as Socket;
    // For who catches up the queue waits, not a publisher: it may take its time, and is not cut off for it.
    if (!this.#client.closed) {
      writeToStream(packet as Packet, conn);
      if (packet.cmd === 'publish') this.#onSent(packet);
    }
    if (conn.writableNeedDrain) await new Promise<void>((resolve) => onceEither(conn, resolve));
  }

  /**
   * Keeps with the stored message that it is sent, and as what.
   * @returns false where it is in the queue no more: acknowledged meanwhile, dropped there by its limits, or published
   * before the subscription was
   */
  async #store(packet: AedesMessage): Promise<boolean> {
    const { persistence } = this.#aedes;
    const { messageId = 0 } = packet;
    this.#inFlight.add(messageId, this.#numberOf(packet));
    try {
      await persistence.outgoingUpdate(this.#client, packet);
    } catch {
      this.#inFlight.remove(messageId);
      return false;
    }
    if (packet.messageId === messageId) return true;
    // The store knows of one that this connection does not.
    this.#inFlight.remove(messageId);
    this.#inFlight.add(packet.messageId ?? 0, this.#numberOf(packet));
    return true;
  }

  /** Where the client lags, the publisher of the message waits, and a clock runs that ends the connection. */
  #write(packet: AedesMessage, done: () => void): void {
    const client = this.#client;
    if (client.closed || client.errored) return void setImmediate(done);
    const isFull = !writeToStream(packet as Packet, client.conn as Socket);
    this.#onSent(packet);
    this.#isHeldUp = !isFull && packet.qos > 0 && this.#inFlight.size >= UNACKNOWLEDGED_MAX;
    if (isFull || this.#isHeldUp) client.waitForDrain(() => done());
    else setImmediate(done);
  }

  /** Asked of what is stored, too: rights may have been taken away since. A PUBREL tells nothing. */
  #mayReceive(message: AedesMessage): boolean {
    return message.cmd === 'pubrel' || this.#aedes.authorizeForward(this.#client, message as never) !== null;
  }

  #isInFlight(message: AedesMessage): boolean {
    return this.#inFlight.hasId(message.messageId) || this.#inFlight.hasNumber(this.#numberOf(message));
  }

  #numberOf({ brokerId, brokerCounter }: AedesMessage): number | undefined {
    return brokerId === this.#aedes.id ? brokerCounter : undefined;
  }

  #flagsOf({ topic, qos, retain, isRetainedCopy }: AedesMessage): Pick<AedesMessage, 'qos' | 'retain'> {
    const granted = this.#granted.qosFor(topic);
    return {
      // Unsubscribed since: what was promised is kept [MQTT-3.10.4-3].
      qos: granted === 0 ? qos : (Math.min(qos, granted) as Qos),
      retain: retain || isRetainedCopy === true,
    };
  }
}

function onceEither(socket: Socket, then: () => void): void {
  const once = () => {
    socket.off('drain', once).off('close', once);
    then();
  };
  socket.on('drain', once).on('close', once);
}
