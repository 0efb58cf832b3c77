// Messages that did not come through the intake: what the broker itself publishes, and whoever uses the persistence alone.

import type { Ledger } from './ledger.ts';
import { WITHOUT_COUNTER_FROM } from './message.ts';
import { bytesOf, extraOf, type PublishedPacket, retainingOf } from './packets.ts';
import type { MessageRecord, QoS } from './records.ts';
import type { Session } from './session.ts';

export type Addressee = { readonly owner: Session; readonly qos: QoS };

export class MessageWriter {
  readonly #ledger: Ledger;
  readonly #now: () => number;
  #lastWithoutCounter = WITHOUT_COUNTER_FROM;

  constructor(ledger: Ledger, now: () => number) {
    this.#ledger = ledger;
    this.#now = now;
  }

  /** Gives the message's number. */
  write(
    packet: PublishedPacket,
    to: { readonly addressees?: readonly Addressee[]; readonly origin?: MessageRecord['origin'] },
  ): number {
    const seq = packet.brokerCounter ?? ++this.#lastWithoutCounter;
    const { addressees = [], origin } = to;
    this.#ledger.write(
      {
        kind: 'message',
        seq,
        acceptedAt: this.#now(),
        topic: packet.topic,
        payload: bytesOf(packet.payload),
        qos: packet.qos,
        retaining: retainingOf(packet),
        origin,
        recipients: addressees.map(({ owner, qos }) => ({ session: owner.number, qos, messageId: 0 })),
        extra: extraOf(packet),
      },
      typeof packet.payload === 'string' ? packet.payload : undefined,
    );
    return seq;
  }

  /** It is on disk, and with everybody who was there for it. */
  settle(seq: number): void {
    const { state } = this.#ledger;
    const message = state.messages.get(seq);
    if (message === undefined) return;
    message.isOnDisk = true;
    state.payloads.settle(message);
  }
}
