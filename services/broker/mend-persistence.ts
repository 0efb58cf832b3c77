// Where aedes asks its persistence for what our own delivery does, and where it knows too little of a session.

import { Readable } from 'node:stream';
import type { Client, InnerAedes } from './aedes-internals.ts';
import type { Outbound } from './outbound.ts';

export type MendOptions = {
  /** The delivery of a connected client. */
  readonly outboundOf: (client: Client) => Outbound | undefined;
  /** Whether the client was granted the filter, or is about to be. */
  readonly mayKeep: (client: Client, filter: string) => boolean;
};

export function mendPersistence({ persistence }: InnerAedes, { outboundOf, mayKeep }: MendOptions): void {
  // aedes keeps all filters of a SUBSCRIBE of which it granted one: with the next connection the refused ones would be granted.
  const add = persistence.addSubscriptions.bind(persistence);
  persistence.addSubscriptions = (client, subscriptions) =>
    add(
      client,
      subscriptions.filter(({ topic }) => mayKeep(client, topic)),
    );
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
    if (acknowledgement.messageId !== undefined) outboundOf(client)?.acknowledged(acknowledgement.messageId);
    return clear(client, acknowledgement);
  };
}

/** A subscription that every session has and nothing matches: clients cannot publish below `$`. */
export const SESSION_FILTER = '$session';

/**
 * Makes a session exist from its first connection on [MQTT-3.1.4, "the existence of a Session"]. aedes knows sessions by
 * their subscriptions alone, and tells a device that only publishes to forget what it has not had acknowledged.
 */
export function rememberSessions(aedes: InnerAedes): void {
  const add = aedes.persistence.addSubscriptions.bind(aedes.persistence);
  aedes.on('connackSent', ({ returnCode, sessionPresent }, client) => {
    if (returnCode !== 0 || client.clean || sessionPresent) return;
    add(client, [{ topic: SESSION_FILTER, qos: 0 }]).catch((error) => aedes.emit('error', error));
  });
}
