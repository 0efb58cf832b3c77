// How many filters one SUBSCRIBE or UNSUBSCRIBE may hold. aedes hands all of them to the store once for each that it grants:
// 256 kB of short filters would keep everybody waiting for seconds.

import type { InnerClient } from '../aedes-internals.ts';

type WithFilters = { subscriptions?: unknown[]; unsubscriptions?: unknown[] };

/** Ends the connection of who sends more. */
export function boundFilters(client: InnerClient, max: number, onOver: (reason: string) => void): void {
  client._parser.prependListener('packet', (packet) => {
    const { subscriptions, unsubscriptions } = packet as WithFilters;
    const filters = subscriptions ?? unsubscriptions;
    if (filters === undefined || filters.length <= max) return;
    const reason = `one packet has at most ${max} filters, not ${filters.length}`;
    filters.length = 0; // aedes takes the packet in this turn all the same
    onOver(reason);
    client.emit('error', new Error(reason));
  });
}
