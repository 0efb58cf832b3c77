// What a client id with a persistent session has here: subscriptions, a queue in order, and open handshakes. Plain data and
// the lookups that a broker makes; what changes it, and what is logged, is the state's.

import type { Message } from './message.ts';
import type { QoS, Subscription } from './records.ts';

/** A place in a queue. Without a message it is a QoS 2 message that the client has and whose id is to be released. */
export type Entry = {
  readonly seq: number;
  message: Message | undefined;
  readonly qos: QoS;
  readonly shownAsRetained: boolean;
  /** 0: not sent yet. */
  messageId: number;
  /** The connection on which it was sent last. */
  connection: number;
};

const MESSAGE_ID_MAX = 65_535;
/** What an entry costs beside the payload, for the caps: its objects and its topic. */
const ENTRY_BYTES = 300;

export class Session {
  readonly number: number;
  /** '' until its record is read: a message may name it before, where that record was moved to the end of the log. */
  clientId = '';
  /** The user that it belongs to; '' for nobody's. */
  owner = '';
  /** When its client was there last, of the broker's own time, and when that was as its record has it; NaN: not known. */
  seenAt = Number.NaN;
  recordedSeenAt = Number.NaN;
  readonly subscriptions = new Map<string, Subscription>();
  /** By sequence number, in the order of delivery. */
  queue = new Map<number, Entry>();
  readonly #sent = new Map<number, Entry>();
  /** Message ids of QoS 2 messages from this client, until it releases them. */
  readonly incoming = new Map<number, Incoming>();
  queueBytes = 0;
  /** The segment of its record; the changes since are later ones. */
  segment = 0;
  recordBytes = 0;
  /** Counts the connections that were given this queue. */
  connection = 0;
  /** Not held: a client that is gone takes its sockets with it. */
  #client: WeakRef<object> | undefined;
  #lastMessageId = 0;

  constructor(number: number) {
    this.number = number;
  }

  push(entry: Entry): void {
    this.queue.set(entry.seq, entry);
    this.queueBytes += bytesOf(entry);
    if (entry.messageId !== 0) this.#sent.set(entry.messageId, entry);
  }

  remove(entry: Entry): void {
    if (!this.queue.delete(entry.seq)) return;
    this.queueBytes -= bytesOf(entry);
    if (this.#sent.get(entry.messageId) === entry) this.#sent.delete(entry.messageId);
  }

  /** The client has it: the place in the queue stays, the message goes. */
  strip(entry: Entry): void {
    this.queueBytes -= bytesOf(entry);
    entry.message = undefined;
    this.queueBytes += bytesOf(entry);
  }

  sentAs(messageId: number): Entry | undefined {
    return this.#sent.get(messageId);
  }

  markSent(entry: Entry, messageId: number): void {
    if (this.#sent.get(entry.messageId) === entry) this.#sent.delete(entry.messageId);
    entry.messageId = messageId;
    this.#sent.set(messageId, entry);
  }

  /** A message id that nothing under way bears, that one where it is free; two messages of one id would count as one. */
  freeMessageId(wished = 0): number {
    if (wished > 0 && !this.#sent.has(wished)) return wished;
    let id = Math.max(wished, this.#lastMessageId);
    // With every id taken the queue is 65,535 deep in flight; the oldest id is then used twice, as aedes does.
    for (let left = MESSAGE_ID_MAX; left > 0; left--) {
      id = (id % MESSAGE_ID_MAX) + 1;
      if (!this.#sent.has(id)) break;
    }
    this.#lastMessageId = id;
    return id;
  }

  /** Tells one connection of the client from the next: what was sent on an earlier one is sent again. */
  use(client: object): void {
    if (this.#client?.deref() === client) return;
    this.#client = new WeakRef(client);
    this.connection++;
  }

  /** Waits to be sent on the present connection. */
  isWaiting(entry: Entry | undefined): entry is Entry & { message: Message } {
    return entry?.message?.isOnDisk === true && entry.connection !== this.connection;
  }

  /** Records may stand in another order than the messages were published: those that were moved came later. */
  sortQueue(): void {
    let last = 0;
    for (const seq of this.queue.keys()) {
      if (seq < last) {
        this.queue = new Map([...this.queue].sort(([a], [b]) => a - b));
        return;
      }
      last = seq;
    }
  }
}

/** `isNew`: accepted here, and aedes has not asked for it yet. */
export type Incoming = { readonly message: Message | undefined; isNew: boolean };

function bytesOf(entry: Entry): number {
  return ENTRY_BYTES + (entry.message?.payloadBytes ?? 0);
}
