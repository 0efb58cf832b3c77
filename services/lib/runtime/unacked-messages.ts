// QoS 1 messages of one connection that have not been acknowledged, in order of arrival [MQTT-4.6.0-2], and those that the
// connection before left with us. The broker sends the latter again, first and in order: they are known by what they say,
// since neither ids nor DUP can be relied on (aedes and mosquitto set no DUP), and are not worked on a second time.

import type { Published } from './mqtt-session.ts';

export type Unacked = {
  messageId: number;
  readonly topic: string;
  /** Held until the PUBACK is sent; what is in work is bounded by its owner. */
  payload: Buffer;
  isDone: boolean;
};

export type Taken =
  | { readonly kind: 'new'; readonly entry: Unacked }
  /** It is being worked on, or has been: nothing is to be done but to acknowledge it when that is done. */
  | { readonly kind: 'again' }
  /** Its id belongs to another message: a PUBACK would say that both are done. */
  | { readonly kind: 'collision' };

const NOTHING = Buffer.alloc(0);

export class UnackedMessages {
  #entries: Unacked[] = [];
  /** The first that no PUBACK was sent for. */
  #head = 0;
  readonly #byId = new Map<number, Unacked>();
  readonly #left: Unacked[];
  #nextLeft = 0;
  #hasNew = false;

  /** @param left what the connection before left, where the broker has kept its session */
  constructor(left: readonly Unacked[] = []) {
    this.#left = [...left];
  }

  get isEmpty(): boolean {
    return this.#head === this.#entries.length;
  }

  /** Whether flush() would have something to send. */
  get isFlushable(): boolean {
    return this.#entries[this.#head]?.isDone === true;
  }

  take({ topic, payload }: Published, messageId: number): Taken {
    const pending = this.#byId.get(messageId);
    if (pending !== undefined) return isSame(pending, topic, payload) ? { kind: 'again' } : { kind: 'collision' };
    const left = this.#left[this.#nextLeft];
    if (left !== undefined && isSame(left, topic, payload)) {
      this.#nextLeft++;
      left.messageId = messageId;
      this.#add(left);
      return { kind: 'again' };
    }
    this.#hasNew = true;
    const entry = { messageId, topic, payload, isDone: false };
    this.#add(entry);
    return { kind: 'new', entry };
  }

  /** PUBACKs for all that are done from the first on. */
  flush(): Buffer {
    const from = this.#head;
    while (this.#entries[this.#head]?.isDone === true) this.#head++;
    const packets = Buffer.allocUnsafe((this.#head - from) * 4);
    for (const [i, entry] of this.#entries.slice(from, this.#head).entries()) {
      const { messageId } = entry;
      this.#byId.delete(messageId);
      entry.payload = NOTHING; // it may stand here for another thousand messages
      packets.writeUInt16BE(0x4002, i * 4); // PUBACK, remaining length 2
      packets.writeUInt16BE(messageId, i * 4 + 2);
    }
    // Cut the acknowledged front off only now and then: shifting an array per message would cost more than the message.
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return packets;
  }

  /** For the next connection: what no PUBACK was sent for. */
  leave(): Unacked[] {
    // What did not come again although other messages did will not: its session dropped it.
    const still = this.#hasNew ? [] : this.#left.slice(this.#nextLeft);
    return [...this.#entries.slice(this.#head), ...still];
  }

  #add(entry: Unacked): void {
    this.#entries.push(entry);
    this.#byId.set(entry.messageId, entry);
  }
}

function isSame(entry: Unacked, topic: string, payload: Buffer): boolean {
  return entry.topic === topic && entry.payload.equals(payload);
}
