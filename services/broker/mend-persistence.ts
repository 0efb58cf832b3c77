// Where aedes asks its persistence for what our own delivery does, and where it knows too little of a session.

import { Readable } from 'node:stream';
import type { Client, InnerAedes } from './aedes-internals.ts';
import type { Outbound } from './outbound.ts';

/** @param outboundOf the delivery of a connected client */
export function mendPersistence(
  { persistence }: InnerAedes,
  outboundOf: (client: Client) => Outbound | undefined,
): void {
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
