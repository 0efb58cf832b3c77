// Last wills. One is on disk before its client gets CONNACK; what is still there when the broker starts are the wills of those
// who were connected when it ended.

import type { Ledger } from './ledger.ts';
import type { ClientRef } from './outgoing-queues.ts';
import { type WillPacket, willPacket, willRecord } from './packets.ts';

/** aedes asks with the connection when it connects, and with no more than names when it has closed. */
export type WillOwner = ClientRef & { readonly brokerId?: string };

export class WillStore {
  readonly #ledger: Ledger;
  readonly #owners = new Map<string, WillOwner>();

  #isKept = false;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Names of client and broker are put on the packet, as aedes expects. */
  async put(client: WillOwner, packet: WillPacket, brokerId: string): Promise<void> {
    packet.brokerId = brokerId;
    packet.clientId = client.id;
    this.#owners.set(client.id, client);
    this.#ledger.write(willRecord(client.id, packet));
    await this.#ledger.commit();
  }

  get(clientId: string): WillPacket | undefined {
    const will = this.#ledger.state.wills.get(clientId);
    return will === undefined ? undefined : willPacket(will.record);
  }

  /** From now on none is deleted. */
  keep(): void {
    this.#isKept = true;
  }

  delete(client: WillOwner): WillPacket | undefined {
    const will = this.get(client.id);
    const owner = this.#owners.get(client.id);
    // A connection that was taken over is closed after its successor's will was put: that one stays.
    if (this.#isKept || will === undefined || (owner !== client && owner?.closed === false)) return undefined;
    this.#owners.delete(client.id);
    this.#ledger.write({ kind: 'will ended', clientId: client.id });
    return will;
  }

  /** All, or those of brokers that are not among these. */
  *all(brokers: Readonly<Record<string, unknown>> = {}): Iterable<WillPacket> {
    for (const { record } of this.#ledger.state.wills.values())
      if (!Object.hasOwn(brokers, record.brokerId)) yield willPacket(record);
  }
}
