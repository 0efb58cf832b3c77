// Takes messages from publishers: a message is appended with its recipients and its retained place as one record, and only
// when that is on disk may PUBACK or PUBREC go out. Until aedes has handed it on to those who are connected, it is under way.

import type { Ledger } from './ledger.ts';
import { bytesOf, type PublishedPacket, retainingOf } from './packets.ts';
import type { QueueLimits } from './queue-limits.ts';
import type { QoS } from './records.ts';
import type { Session } from './session.ts';

export type Publisher = { readonly id: string; readonly clean: boolean; readonly closed: boolean };

/** Numbers messages: aedes' own counter, so that what it hands on bears the number that is in the log. */
export type Numbering = { readonly id: string; counter: number };

/** Accepted, and not yet with those who are connected. */
export type UnderWay = {
  readonly packet: PublishedPacket;
  readonly publisher: Publisher | null;
  readonly recipients: readonly { readonly owner: Session; readonly qos: QoS }[];
  isOnDisk: boolean;
};

type Publication = { readonly publisher: Publisher | null; readonly packet: PublishedPacket };
type Waiting = Publication & { readonly publisher: Publisher; readonly resolve: (problem: string | undefined) => void };

/** QoS 2 messages of one client whose ids it has not released: MQTT 3.1.1 cannot tell it of a window. */
const INCOMING_MAX = 1_000;
const ACCEPTED = Promise.resolve(undefined);

export class Intake {
  readonly #ledger: Ledger;
  readonly #limits: QueueLimits;
  readonly #now: () => number;
  #numbering: Numbering = { id: '', counter: 0 };
  readonly #underWay = new Map<number, UnderWay>();
  /** First come, first served. */
  #waiting: Waiting[] = [];
  readonly #waitingOf = new Map<Publisher, number>();
  #isLettingOn = false;
  /** Message ids of clients without a session, forgotten with the connection. true: aedes has not asked for it yet. */
  readonly guests = new Map<string, Map<number, boolean>>();

  constructor(ledger: Ledger, options: { readonly limits: QueueLimits; readonly now: () => number }) {
    this.#ledger = ledger;
    this.#limits = options.limits;
    this.#now = options.now;
  }

  numberBy(numbering: Numbering): void {
    this.#numbering = numbering;
  }

  /** Messages that wait for room in a service's queue. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves when the message is on disk, or need not be; with words where it is refused. Waits while the queue of a
   * service that is to get it is full, and behind whatever waits of the same publisher.
   */
  accept(publisher: Publisher | null, packet: PublishedPacket): Promise<string | undefined> {
    if (packet.qos === 0 && !packet.retain) return ACCEPTED;
    const recipients = this.#recipientsOf(packet);
    if (publisher === null) return this.#append({ publisher, packet, recipients, isOnDisk: false });
    const isBlocked = this.#waitingOf.has(publisher) || this.#isBlocked(recipients);
    if (!isBlocked) return this.#append({ publisher, packet, recipients, isOnDisk: false });
    this.#countWaiting(publisher);
    return new Promise((resolve) => this.#waiting.push({ publisher, packet, resolve }));
  }

  /** Room may have come: those who wait are let on in order, once for all room that comes meanwhile. */
  letOn(): void {
    if (this.#waiting.length === 0 || this.#isLettingOn) return;
    this.#isLettingOn = true;
    setImmediate(() => {
      this.#isLettingOn = false;
      this.#letOn();
    });
  }

  /** aedes hands the message on: its recipients have their place already. */
  takeUnderWay(counter: number | undefined): UnderWay | undefined {
    if (counter === undefined) return undefined;
    const found = this.#underWay.get(counter);
    this.#underWay.delete(counter);
    return found;
  }

  isUnderWay(counter: number | undefined): boolean {
    return counter !== undefined && this.#underWay.has(counter);
  }

  /** On disk, of a connection that is gone: aedes hands a message on only after a PUBACK that it could write. */
  abandonedBy(publisher: Publisher): PublishedPacket[] {
    return [...this.#underWay.values()]
      .filter((each) => each.publisher === publisher && each.isOnDisk)
      .map(({ packet }) => packet);
  }

  /** Publishers that have not been answered yet, with how many of their messages. */
  unanswered(): Map<Publisher, number> {
    const counts = new Map<Publisher, number>();
    const count = (publisher: Publisher | null) => {
      if (publisher !== null) counts.set(publisher, (counts.get(publisher) ?? 0) + 1);
    };
    for (const { publisher, isOnDisk } of this.#underWay.values()) if (!isOnDisk) count(publisher);
    for (const { publisher } of this.#waiting) count(publisher);
    return counts;
  }

  #letOn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingOf.clear();
    for (const each of waiting) {
      const { publisher, packet, resolve } = each;
      const recipients = this.#recipientsOf(packet);
      if (publisher.closed) resolve('the connection was closed while its message waited');
      else if (this.#waitingOf.has(publisher) || this.#isBlocked(recipients)) {
        this.#countWaiting(publisher);
        this.#waiting.push(each);
      } else void this.#append({ publisher, packet, recipients, isOnDisk: false }).then(resolve);
    }
  }

  #countWaiting(publisher: Publisher): void {
    this.#waitingOf.set(publisher, (this.#waitingOf.get(publisher) ?? 0) + 1);
  }

  #recipientsOf({ topic, qos }: PublishedPacket): UnderWay['recipients'] {
    return qos === 0 ? [] : this.#ledger.state.filters.recipients(topic, qos);
  }

  #isBlocked(recipients: UnderWay['recipients']): boolean {
    return recipients.some(({ owner }) => this.#limits.isFull(owner));
  }

  async #append(underWay: UnderWay): Promise<string | undefined> {
    const { packet, publisher, recipients } = underWay;
    const handshake = this.#handshakeOf(underWay);
    if (handshake === 'too many')
      return `more than ${INCOMING_MAX} QoS 2 messages of this client wait for their PUBREL`;
    // Sent again: the first one may not be on disk yet.
    if (handshake === 'repeated') return this.#ledger.commit().then(() => undefined);
    const now = this.#now();
    for (const { owner } of recipients) this.#limits.makeRoom(owner, now);
    const seq = ++this.#numbering.counter;
    packet.brokerId = this.#numbering.id;
    packet.brokerCounter = seq;
    this.#ledger.write({
      kind: 'message',
      seq,
      acceptedAt: now,
      topic: packet.topic,
      payload: bytesOf(packet.payload),
      qos: packet.qos,
      retaining: retainingOf(packet),
      origin: handshake === 'none' ? undefined : handshake,
      recipients: recipients.map(({ owner, qos }) => ({ session: owner.number, qos, messageId: 0 })),
      retainedBy: packet.retainedBy,
    });
    if (handshake !== 'none') this.#expect(publisher, handshake);
    this.#underWay.set(seq, underWay);
    await this.#ledger.commit();
    underWay.isOnDisk = true;
    const message = this.#ledger.state.messages.get(seq);
    if (message !== undefined) message.isOnDisk = true;
    return undefined;
  }

  /** Where the sender's message id is kept until it releases it. */
  #handshakeOf({ packet, publisher }: Publication): Handshake | 'none' | 'repeated' | 'too many' {
    const { messageId, qos } = packet;
    if (publisher === null || qos !== 2 || messageId === undefined) return 'none';
    const session = publisher.clean ? undefined : this.#ledger.sessionOf(publisher.id);
    const ids = session?.incoming ?? this.guests.get(publisher.id);
    if (ids?.has(messageId) === true) return 'repeated';
    if (ids !== undefined && ids.size >= INCOMING_MAX) return 'too many';
    if (session !== undefined) return { session: session.number, messageId };
    const guest = this.guests.get(publisher.id) ?? new Map<number, boolean>();
    this.guests.set(publisher.id, guest.set(messageId, true));
    return 'none';
  }

  #expect(publisher: Publisher | null, { messageId }: Handshake): void {
    const incoming = publisher === null ? undefined : this.#ledger.sessionOf(publisher.id).incoming.get(messageId);
    if (incoming !== undefined) incoming.isNew = true;
  }
}

type Handshake = { readonly session: number; readonly messageId: number };
