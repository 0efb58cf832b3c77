// Sessions, queues, retained messages and wills in memory, as the log's records make them: the same function applies a
// record when it is appended and when it is read again, so that a restart cannot come out differently.

import type { Position } from '#runtime/segment-log/record.ts';
import { isOfBroker, Message, type Payload } from './message.ts';
import type { PayloadMemory } from './payload-memory.ts';
import type { AddedRecord, MessageRecord, Recipient, StoredRecord, WillRecord } from './records.ts';
import { RetainedShares } from './retained-shares.ts';
import { RetainedTopics } from './retained-topics.ts';
import { type Entry, Session } from './session.ts';
import { SubscriptionTrie } from './subscription-trie.ts';

export type Will = { readonly record: WillRecord; readonly position: Position };
export type Boot = Extract<StoredRecord, { kind: 'boot' }>;

export class State {
  readonly sessions = new Map<string, Session>();
  readonly #numbered = new Map<number, Session>();
  readonly filters = new SubscriptionTrie<Session>();
  readonly retained = new RetainedTopics<Message>();
  readonly shares = new RetainedShares();
  /** Those that somebody still needs. */
  readonly messages = new Map<number, Message>();
  readonly wills = new Map<string, Will>();
  readonly payloads: PayloadMemory;
  boot: Boot | undefined;
  bootPosition: Position | undefined;
  lastSeq = 0;
  lastSession = 0;
  /** The broker's own time that was read last. */
  lastAt = 0;
  /** Of the payloads of all messages. */
  messageBytes = 0;
  readonly #sessionsOf = new Map<string, number>();
  /** Bytes of the log that a restart needs: the records of messages, sessions and wills. */
  liveBytes = 0;

  constructor(payloads: PayloadMemory) {
    this.payloads = payloads;
  }

  /** @param payload that of a message, where it is at hand in the form it shall be given back; else the record's is copied */
  apply(record: StoredRecord, position: Position, payload?: Payload): void {
    switch (record.kind) {
      case 'message':
        this.#applyMessage(record, position, payload);
        break;
      case 'added':
        this.#applyAdded(record);
        break;
      case 'sent':
        this.#applySent(record);
        break;
      case 'released':
        this.#applyReleased(record);
        break;
      case 'done': {
        const session = this.#numbered.get(record.session);
        const entry = session?.queue.get(record.seq);
        if (session !== undefined && entry !== undefined) this.#remove(session, entry);
        break;
      }
      case 'completed':
        this.#applyCompleted(record);
        break;
      case 'session':
        this.#applySession(record, position);
        break;
      case 'ended':
        this.#end(this.#numbered.get(record.session));
        break;
      case 'will':
        this.#endWill(record.clientId);
        this.wills.set(record.clientId, { record, position });
        this.liveBytes += position.bytes;
        break;
      case 'will ended':
        this.#endWill(record.clientId);
        break;
      case 'boot':
        this.boot = record;
        this.bootPosition = position;
        this.lastSeq = Math.max(this.lastSeq, record.seq);
        this.lastAt = Math.max(this.lastAt, record.at);
        this.lastSession = Math.max(this.lastSession, record.session);
        break;
    }
  }

  /** After all records have been read. */
  finishReading(): void {
    for (const session of [...this.#numbered.values()]) {
      // Messages name it, but its own record was never on disk, or was damaged: nobody can come for them.
      if (session.clientId === '') this.#end(session);
      else session.sortQueue();
      if (Number.isNaN(session.seenAt)) session.seenAt = this.lastAt;
    }
  }

  session(clientId: string): Session | undefined {
    return this.sessions.get(clientId);
  }

  /** How many sessions are this user's; '' for nobody's. */
  sessionsOf(owner: string): number {
    return this.#sessionsOf.get(owner) ?? 0;
  }

  byNumber(number: number): Session | undefined {
    return this.#numbered.get(number);
  }

  #applyMessage(record: MessageRecord, position: Position, payload: Payload | undefined): void {
    if (isOfBroker(record.seq)) this.lastSeq = Math.max(this.lastSeq, record.seq);
    this.lastAt = Math.max(this.lastAt, record.acceptedAt);
    const known = this.messages.get(record.seq);
    if (known !== undefined) {
      // The same once more, moved to the end of the log.
      this.liveBytes += position.bytes - known.position.bytes;
      known.position = position;
      return;
    }
    const isNeeded = record.recipients.length > 0 || record.retaining === 'replaces' || record.origin !== undefined;
    if (record.retaining === 'clears') this.#unretain(record.topic);
    if (!isNeeded) return;
    // The bytes lie in what a socket or a file gave at once: kept, they would keep all of it.
    const message = new Message(record, payload ?? Buffer.from(record.payload), position);
    this.payloads.hold(message);
    this.messages.set(message.seq, message);
    this.messageBytes += message.payloadBytes;
    this.liveBytes += position.bytes;
    message.references++; // until all references are made
    for (const recipient of record.recipients)
      this.#enqueue(message, { ...recipient, as: message.seq, shownAsRetained: false });
    if (record.retaining === 'replaces') this.#retain(message);
    if (record.origin !== undefined) {
      this.#applyCompleted(record.origin);
      message.references++;
      message.origin = record.origin;
      this.numbered(record.origin.session).incoming.set(record.origin.messageId, { message, isNew: false });
    }
    this.#release(message);
  }

  #enqueue(message: Message, recipient: Recipient & { readonly as: number; readonly shownAsRetained: boolean }): void {
    const { as: seq, qos, messageId, shownAsRetained } = recipient;
    const session = this.numbered(recipient.session);
    if (session.queue.has(seq)) return;
    message.references++;
    const entry: Entry = { seq, message, qos, shownAsRetained, messageId, connection: -1 };
    this.#freeId(session, entry);
    session.push(entry);
  }

  #applyAdded(record: AddedRecord): void {
    const message = this.messages.get(record.seq);
    this.lastSeq = Math.max(this.lastSeq, isOfBroker(record.as) ? record.as : 0);
    if (message === undefined || this.numbered(record.session).queue.has(record.as)) return;
    this.#enqueue(message, { ...record, messageId: 0 });
    // Those that are done are forgotten: a retained message is asked for as long as it stands.
    const open = (message.added ?? []).filter((each) => this.byNumber(each.session)?.queue.has(each.as) === true);
    message.added = [...open, { session: record.session, as: record.as }];
  }

  #applySent(record: Extract<StoredRecord, { kind: 'sent' }>): void {
    const session = this.#numbered.get(record.session);
    const entry = session?.queue.get(record.seq);
    if (session === undefined || entry === undefined) return;
    this.#freeId(session, { ...entry, messageId: record.messageId });
    session.markSent(entry, record.messageId);
  }

  #applyReleased(record: Extract<StoredRecord, { kind: 'released' }>): void {
    const session = this.numbered(record.session);
    const known = session.queue.get(record.seq);
    if (known?.message === undefined) {
      if (known !== undefined) return;
      // Its message went with a segment that was dropped since.
      const entry: Entry = { ...record, message: undefined, qos: 2, shownAsRetained: false, connection: -1 };
      this.#freeId(session, entry);
      session.push(entry);
      return;
    }
    const { message } = known;
    if (known.messageId !== record.messageId) session.markSent(known, record.messageId);
    session.strip(known);
    this.#release(message);
  }

  #applyCompleted({ session, messageId }: { readonly session: number; readonly messageId: number }): void {
    const owner = this.#numbered.get(session);
    const incoming = owner?.incoming.get(messageId);
    if (owner === undefined || incoming === undefined) return;
    owner.incoming.delete(messageId);
    this.#forgetOrigin(incoming.message);
  }

  #applySession(record: Extract<StoredRecord, { kind: 'session' }>, position: Position): void {
    this.lastSession = Math.max(this.lastSession, record.session);
    const session = this.numbered(record.session);
    const namesake = this.sessions.get(record.clientId);
    // The record of its end was lost in a torn group that nobody was promised.
    if (namesake !== undefined && namesake !== session) this.#end(namesake);
    this.liveBytes += position.bytes - session.recordBytes;
    if (this.sessions.get(record.clientId) === session) this.#countSession(session.owner, -1);
    this.#countSession(record.owner, 1);
    session.clientId = record.clientId;
    session.owner = record.owner;
    session.recordedSeenAt = record.seenAt ?? Number.NaN;
    session.seenAt = record.seenAt ?? session.seenAt;
    session.segment = position.segment;
    this.sessions.set(record.clientId, session);
    for (const topic of [...session.subscriptions.keys()]) this.#unfilter(session, topic);
    for (const subscription of record.subscriptions) {
      session.subscriptions.set(subscription.topic, subscription);
      if (subscription.qos > 0) this.filters.set(session, subscription);
    }
    session.recordBytes = position.bytes;
    for (const { seq, messageId } of record.released)
      this.#applyReleased({ kind: 'released', session: record.session, seq, messageId });
  }

  #countSession(owner: string, by: 1 | -1): void {
    const count = this.sessionsOf(owner) + by;
    if (count === 0) this.#sessionsOf.delete(owner);
    else this.#sessionsOf.set(owner, count);
  }

  #unfilter(session: Session, topic: string): void {
    session.subscriptions.delete(topic);
    this.filters.delete(session, topic);
  }

  #end(session: Session | undefined): void {
    if (session === undefined) return;
    for (const entry of [...session.queue.values()]) this.#remove(session, entry);
    for (const { message } of session.incoming.values()) this.#forgetOrigin(message);
    for (const topic of [...session.subscriptions.keys()]) this.#unfilter(session, topic);
    this.liveBytes -= session.recordBytes;
    this.#numbered.delete(session.number);
    if (this.sessions.get(session.clientId) !== session) return;
    this.#countSession(session.owner, -1);
    this.sessions.delete(session.clientId);
  }

  #endWill(clientId: string): void {
    const will = this.wills.get(clientId);
    if (will === undefined) return;
    this.liveBytes -= will.position.bytes;
    this.wills.delete(clientId);
  }

  #retain(message: Message): void {
    this.#unretain(message.topic);
    message.references++;
    message.isRetained = true;
    this.retained.set(message.topic, message);
    this.shares.add(message, 1);
  }

  #unretain(topic: string): void {
    const message = this.retained.get(topic);
    if (message === undefined) return;
    this.retained.delete(topic);
    this.shares.add(message, -1);
    message.isRetained = false;
    this.#release(message);
  }

  #remove(session: Session, entry: Entry): void {
    const { message } = entry;
    session.remove(entry);
    if (message !== undefined) this.#release(message);
  }

  #forgetOrigin(message: Message | undefined): void {
    if (message === undefined) return;
    message.origin = undefined;
    this.#release(message);
  }

  #release(message: Message): void {
    if (--message.references > 0) return;
    this.messages.delete(message.seq);
    this.messageBytes -= message.payloadBytes;
    this.liveBytes -= message.position.bytes;
    this.payloads.letGo(message);
  }

  /** A message id is used again only when its first use is over: the record of that was lost in a torn group. */
  #freeId(session: Session, entry: Entry): void {
    const before = entry.messageId === 0 ? undefined : session.sentAs(entry.messageId);
    if (before !== undefined && before.seq !== entry.seq) this.#remove(session, before);
  }

  /** Where it is not known yet, its own record stands further on in the log. */
  numbered(number: number): Session {
    let session = this.#numbered.get(number);
    if (session === undefined) {
      session = new Session(number);
      this.#numbered.set(number, session);
    }
    return session;
  }
}
