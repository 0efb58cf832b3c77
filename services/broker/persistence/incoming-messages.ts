// QoS 2 from publishers: their message ids, until they release them. An id that was forgotten too early lets a message in
// twice; one that is kept too long swallows the next message that bears it. So a PUBCOMP waits until the release is on disk.

import type { Intake } from './intake.ts';
import type { Ledger } from './ledger.ts';
import type { MessageWriter } from './message-writer.ts';
import type { ClientRef } from './outgoing-queues.ts';
import type { PublishedPacket } from './packets.ts';
import type { Incoming } from './session.ts';

export type Numbered = { readonly messageId?: number | undefined };

export class IncomingMessages {
  readonly #ledger: Ledger;
  readonly #intake: Intake;
  readonly #writer: MessageWriter;

  constructor({ ledger, intake, writer }: { ledger: Ledger; intake: Intake; writer: MessageWriter }) {
    this.#ledger = ledger;
    this.#intake = intake;
    this.#writer = writer;
  }

  async store({ id }: ClientRef, packet: PublishedPacket): Promise<void> {
    const { messageId = 0 } = packet;
    const session = this.#ledger.state.session(id);
    if (session?.incoming.has(messageId) === true || this.#intake.guests.get(id)?.has(messageId) === true) return;
    const origin = { session: this.#ledger.sessionOf(id).number, messageId };
    this.#writer.settle(this.#writer.write({ ...packet, retain: false }, { origin }));
    await this.#ledger.commit();
  }

  /**
   * @throws Error where the id is not known. Also where the intake has just taken it: aedes asks before it hands a message on,
   * and would take it for a repetition. It is told so once; whoever asks after that repeats it.
   */
  async get({ id }: ClientRef, { messageId = 0 }: Numbered): Promise<object> {
    const incoming = this.#ledger.state.session(id)?.incoming.get(messageId);
    const guests = this.#intake.guests.get(id);
    const isNew = incoming?.isNew ?? guests?.get(messageId);
    if (isNew === true) {
      if (incoming !== undefined) incoming.isNew = false;
      guests?.set(messageId, false);
      throw new Error('no such packet');
    }
    if (isNew === false) return this.#packetOf(incoming, messageId);
    // The answer is a PUBCOMP: the release may still be on its way to the disk.
    await this.#ledger.commit();
    throw new Error('no such packet');
  }

  async #packetOf(incoming: Incoming | undefined, messageId: number): Promise<object> {
    const message = incoming?.message;
    if (message === undefined) return { cmd: 'publish', messageId };
    const { topic, qos, extra, payload } = message;
    return { cmd: 'publish', topic, payload, qos, dup: false, retain: message.isRetained, messageId, ...extra };
  }

  /** @throws Error where the id is not known */
  async delete({ id }: ClientRef, { messageId = 0 }: Numbered): Promise<void> {
    const guests = this.#intake.guests.get(id);
    if (guests?.delete(messageId) === true) return;
    const session = this.#ledger.state.session(id);
    if (session?.incoming.has(messageId) !== true) throw new Error('no such packet');
    this.#ledger.write({ kind: 'completed', session: session.number, messageId });
    await this.#ledger.commit();
  }

  /** A client without a session has gone, or a clean session begins. */
  clean({ id, clean, closed }: ClientRef): void {
    // One that was taken over is closed late: what is there under its id is then its successor's.
    if (clean !== true || closed !== true) {
      const session = this.#ledger.state.session(id);
      for (const messageId of [...(session?.incoming.keys() ?? [])])
        this.#ledger.write({ kind: 'completed', session: session?.number ?? 0, messageId });
    }
    this.#intake.guests.delete(id);
  }
}
