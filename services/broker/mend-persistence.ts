// What aedes asks of its persistence in a way that breaks MQTT 3.1.1, mended between the two, whichever persistence it is.

import { Readable } from 'node:stream';
import type { Client, InnerAedes, Persistence } from './aedes-internals.ts';
import type { Outbound } from './outbound.ts';

/** @param outboundOf the delivery of a connected client */
export function mendPersistence(
  { persistence }: InnerAedes,
  outboundOf: (client: Client) => Outbound | undefined,
): InboundQos2 {
  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence);
  persistence.outgoingEnqueueCombi = (subscriptions, message) => {
    // Stored once for a session, however many of its filters match. It is retained for who subscribes later, but for a
    // subscription that stands it is a message like any other [MQTT-3.3.1-9].
    const once = new Map(subscriptions.map((subscription) => [subscription.clientId, subscription]));
    return enqueue([...once.values()], message.retain ? { ...message, retain: false } : message);
  };
  const stream = persistence.outgoingStream.bind(persistence);
  persistence.outgoingStream = (client) => {
    const outbound = outboundOf(client);
    // A clean session is owed nothing: aedes only empties what an earlier one left.
    if (client.clean || outbound === undefined) return stream(client);
    outbound.owe(() => stream(client));
    return Readable.from([]);
  };
  const clear = persistence.outgoingClearMessageId.bind(persistence);
  persistence.outgoingClearMessageId = (client, acknowledgement) => {
    outboundOf(client)?.acknowledged(acknowledgement.messageId);
    return clear(client, acknowledgement);
  };
  return new InboundQos2(persistence);
}

/** A subscription that every session has and nothing matches: clients cannot publish below `$`. */
const SESSION = { topic: '$session', qos: 0 } as const;

/**
 * Makes a session exist from its first connection on [MQTT-3.1.4, "the existence of a Session"]. aedes knows sessions by
 * their subscriptions alone, and tells a device that only publishes to forget what it has not had acknowledged.
 */
export function rememberSessions(aedes: InnerAedes): void {
  aedes.on('connackSent', ({ returnCode, sessionPresent }, client) => {
    if (returnCode !== 0 || client.clean || sessionPresent) return;
    aedes.persistence.addSubscriptions(client, [SESSION]).catch((error) => aedes.emit('error', error));
  });
}

/**
 * Makes a message at QoS 2 that is sent again before PUBREC wait for the first one. aedes asks its store for both before
 * it has put down either, and publishes it twice.
 */
export class InboundQos2 {
  /** By client and packet id: the message is taken, and not yet published. */
  readonly #underWay = new WeakMap<Client, Map<number, PromiseWithResolvers<void>>>();

  constructor(persistence: Persistence) {
    const get = persistence.incomingGetPacket.bind(persistence);
    persistence.incomingGetPacket = async (client, packet) => {
      if (packet.cmd !== 'publish') return get(client, packet);
      const ids = this.#underWay.get(client) ?? new Map<number, PromiseWithResolvers<void>>();
      this.#underWay.set(client, ids);
      const first = ids.get(packet.messageId);
      if (first !== undefined) {
        await first.promise;
        return get(client, packet);
      }
      ids.set(packet.messageId, Promise.withResolvers());
      const stored = await get(client, packet); // throws where it is new; then `published` ends the wait
      this.published(client, packet.messageId);
      return stored;
    };
  }

  /** Where publishing fails the connection ends, and with it whoever waits. */
  published(client: Client, packetId: number): void {
    const ids = this.#underWay.get(client);
    ids?.get(packetId)?.resolve();
    ids?.delete(packetId);
  }
}
