// The queues of persistent sessions, as aedes asks for them and as messages are delivered from them. Message ids of QoS 2 and
// their release are on disk before the packet that depends on them is sent; an ack waits for nothing: what a power cut makes
// of a lost one is a message that comes once more.

import type { Intake, Numbering } from './intake.ts';
import type { Ledger } from './ledger.ts';
import type { Message } from './message.ts';
import type { Addressee, MessageWriter } from './message-writer.ts';
import { type PublishedPacket, type QueuedPacket, queuedPacket } from './packets.ts';
import type { QueueLimits } from './queue-limits.ts';
import type { AddedRecord, QoS } from './records.ts';
import type { Entry, Session } from './session.ts';

/** A client of aedes; one that is closed is not served any more. */
export type ClientRef = { readonly id: string; readonly clean?: boolean; readonly closed?: boolean };

/** A packet that aedes is about to send: the message id and the QoS that it goes out with are set here. */
export type OutgoingPacket = {
  readonly cmd?: string;
  readonly brokerCounter?: number;
  messageId?: number | undefined;
  qos?: QoS;
};

export type Subscriber = { readonly clientId: string; readonly qos?: QoS };
export type Released = { readonly cmd: 'pubrel'; readonly messageId: number };

export type QueueParts = {
  readonly ledger: Ledger;
  readonly intake: Intake;
  readonly limits: QueueLimits;
  readonly writer: MessageWriter;
  readonly now: () => number;
};

/** Entries taken from a queue at once: what is to be logged of them shares a sync; one each would make 500 messages a second. */
const CHUNK_ENTRIES = 100;

export class OutgoingQueues {
  readonly #parts: QueueParts;
  #numbering: Numbering = { id: '', counter: 0 };

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  numberBy(numbering: Numbering): void {
    this.#numbering = numbering;
  }

  /** What was accepted has its places already; here come those who subscribed since, and what the broker itself publishes. */
  async enqueue(subscribers: readonly Subscriber[], packet: PublishedPacket): Promise<void> {
    const { ledger, intake, limits, writer, now } = this.#parts;
    const accepted = intake.takeUnderWay(packet.brokerCounter);
    const missing = this.#recipientsOf(subscribers, packet).filter(
      ({ owner }) => accepted?.recipients.some((each) => each.owner === owner) !== true,
    );
    const { brokerCounter } = packet;
    let seq = brokerCounter;
    if (missing.length > 0) {
      for (const { owner } of missing) limits.makeRoom(owner, now());
      const message = brokerCounter === undefined ? undefined : ledger.state.messages.get(brokerCounter);
      if (message === undefined) seq = writer.write({ ...packet, retain: false }, { addressees: missing });
      else for (const addressee of missing) this.#add(message, addressee, { as: message.seq, shownAsRetained: false });
      await ledger.commit();
    }
    if (seq !== undefined) writer.settle(seq);
  }

  /**
   * A retained message goes to who has just subscribed: the queue takes a place for it, under a number of its own. Nobody waits
   * for the disk: ten thousand of them would be as many syncs, and what a power cut forgets is still retained.
   * What is retained there no more was cleared, or replaced, and that comes by itself.
   */
  enqueueRetained({ clientId, qos }: Subscriber, { topic, brokerCounter, ...packet }: PublishedPacket): void {
    const { ledger, limits, now } = this.#parts;
    const message = ledger.state.retained.get(topic);
    if (message === undefined || brokerCounter === undefined) return;
    const owner = ledger.sessionOf(clientId);
    limits.makeRoom(owner, now());
    this.#add(
      message,
      { owner, qos: Math.min(qos ?? 2, packet.qos) as QoS },
      { as: brokerCounter, shownAsRetained: true },
    );
    void ledger.commit();
  }

  #add(message: Message, { owner, qos }: Addressee, place: Pick<AddedRecord, 'as' | 'shownAsRetained'>): void {
    this.#parts.ledger.write({ kind: 'added', seq: message.seq, session: owner.number, qos, ...place });
  }

  /** Each session once, with the highest QoS of its filters [MQTT-3.3.5-1]. */
  #recipientsOf(subscribers: readonly Subscriber[], packet: PublishedPacket): Addressee[] {
    const best = new Map<Session, QoS>();
    for (const { clientId, qos = packet.qos } of subscribers) {
      const owner = this.#parts.ledger.sessionOf(clientId);
      best.set(owner, Math.max(best.get(owner) ?? 0, Math.min(qos, packet.qos)) as QoS);
    }
    return [...best].map(([owner, qos]) => ({ owner, qos }));
  }

  /**
   * A packet is about to be sent: it is given its message id, and the QoS that it was queued with.
   * @throws Error where the queue does not hold it (any more), or it was sent on this connection already
   */
  async update(client: ClientRef, packet: OutgoingPacket): Promise<void> {
    const { ledger } = this.#parts;
    const session = ledger.state.session(client.id);
    if (session === undefined || client.closed === true) throw new Error('no such session');
    if (packet.cmd === 'pubrel') return this.#release(session, packet.messageId);
    const entry = session.queue.get(packet.brokerCounter ?? 0);
    if (entry?.message === undefined) throw new Error('no such packet');
    session.use(client);
    const isUnsent = entry.messageId === 0;
    if (entry.connection === session.connection && !isUnsent && entry.messageId !== packet.messageId)
      throw new Error('this packet is under way already');
    if (isUnsent) this.#markSent(session, entry, packet.messageId);
    entry.connection = session.connection;
    packet.messageId = entry.messageId;
    packet.qos = entry.qos;
    // At QoS 1 it goes with the next sync there is: after a crash before that it comes again under another id.
    if (isUnsent && entry.qos === 2) await ledger.commit();
  }

  /** The client has the message: if we forgot that after PUBREL was sent, it would come a second time. */
  async #release(session: Session, messageId = 0): Promise<void> {
    const entry = session.sentAs(messageId);
    if (entry === undefined) return;
    if (entry.message !== undefined)
      this.#parts.ledger.write({ kind: 'released', session: session.number, seq: entry.seq, messageId });
    await this.#parts.ledger.commit();
  }

  #markSent(session: Session, entry: Entry, wished?: number): void {
    const messageId = session.freeMessageId(wished);
    this.#parts.ledger.write({ kind: 'sent', session: session.number, seq: entry.seq, messageId });
  }

  /** PUBACK, PUBCOMP, or nothing to send after all. Gives the packet, where its payload is at hand. */
  clear(client: ClientRef, { messageId, brokerCounter }: OutgoingPacket): QueuedPacket | undefined {
    const { ledger, intake } = this.#parts;
    const session = ledger.state.session(client.id);
    const entry = messageId === undefined ? session?.queue.get(brokerCounter ?? 0) : session?.sentAs(messageId);
    if (session === undefined || entry === undefined) return undefined;
    const { message } = entry;
    const payload = message?.payload;
    ledger.write({ kind: 'done', session: session.number, seq: entry.seq });
    intake.letOn();
    // A PUBREL that comes once more is what the client sees of a crash before this is on disk.
    if (entry.qos === 2) void ledger.commit();
    if (message === undefined || payload === undefined) return undefined;
    return queuedPacket(entry, { message, payload, brokerId: this.#numbering.id, dup: false });
  }

  /** The queue as a new connection gets it, in order. What is not on disk yet comes live, when it is. */
  async *stream(client: ClientRef): AsyncIterable<QueuedPacket | Released> {
    const session = this.#parts.ledger.state.session(client.id);
    if (session === undefined) return;
    session.use(client);
    const { connection } = session;
    const entries = session.queue.values();
    for (let chunk = take(entries); chunk.length > 0; chunk = take(entries)) {
      await this.#markChunk(session, chunk);
      for (const entry of chunk) {
        // Somebody else has the session now.
        if (session.connection !== connection) return;
        if (session.queue.get(entry.seq) !== entry) continue;
        if (entry.message?.isOnDisk === false) return;
        const packet = await this.#packetOf(session, entry);
        if (packet !== undefined) yield packet;
      }
    }
  }

  async #markChunk(session: Session, chunk: readonly Entry[]): Promise<void> {
    let isMarked = false;
    for (const entry of chunk) {
      if (entry.qos !== 2 || entry.messageId !== 0 || !session.isWaiting(entry)) continue;
      this.#markSent(session, entry);
      entry.connection = session.connection;
      isMarked = true;
    }
    if (isMarked) await this.#parts.ledger.commit();
  }

  async #packetOf(session: Session, entry: Entry): Promise<QueuedPacket | Released | undefined> {
    const { ledger } = this.#parts;
    const { message, messageId } = entry;
    if (message === undefined) return { cmd: 'pubrel', messageId };
    const payload = message.payload ?? (await ledger.payloadOf(message));
    const dup = messageId !== 0 && entry.connection !== session.connection;
    if (payload !== undefined) return queuedPacket(entry, { message, payload, brokerId: this.#numbering.id, dup });
    ledger.write({ kind: 'done', session: session.number, seq: entry.seq });
    return undefined;
  }
}

function take(entries: Iterator<Entry>): Entry[] {
  const chunk: Entry[] = [];
  while (chunk.length < CHUNK_ENTRIES) {
    const next = entries.next();
    if (next.done === true) break;
    chunk.push(next.value);
  }
  return chunk;
}
