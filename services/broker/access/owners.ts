// Whom client ids belong to: while connected to whoever is, and a session that is kept to whoever began it, over restarts. And
// whose a last will is that outlived its broker, so that it is judged by the rights of its owner.

import { userNameOf } from '#domain/access/identity.ts';
import type { Client, InnerAedes } from '../aedes-internals.ts';
import { SESSION_FILTER } from '../mend-persistence.ts';
import type { Ledger } from '../persistence/ledger.ts';
import type { PublishedPacket, WillPacket } from '../persistence/packets.ts';
import type { Connect, Gate } from './gate.ts';
import type { Visitor } from './visitor.ts';

export class Owners {
  readonly #aedes: InnerAedes;
  readonly #ledger: Ledger;
  readonly #users = new WeakMap<Client, string>();

  constructor(aedes: InnerAedes, ledger: Ledger) {
    this.#aedes = aedes;
    this.#ledger = ledger;
  }

  /** '' for nobody's: its bearer came without a login. */
  ownerOf(clientId: string): string | undefined {
    const connected = this.#aedes.clients[clientId];
    const user = connected === undefined ? undefined : this.#users.get(connected);
    return user ?? this.#ledger.state.session(clientId)?.owner;
  }

  /** The client is let in: what it keeps is its own from now on. */
  take(client: Client, { clientId, clean, will }: Connect, visitor: Visitor | undefined): void {
    const user = visitor === undefined ? '' : (userNameOf(visitor.identity) ?? '');
    this.#users.set(client, user);
    if (!clean) this.#ledger.own(clientId, user, (filter) => mayKeep(filter, visitor));
    if (will !== undefined) Object.assign(will as OwnedWill, { owner: user, clientId });
  }

  /**
   * Why a last will may not be published whose client has no rights of its own any more: gone with the broker's last run, or
   * cut off because its login changed. Undefined where it may.
   */
  willProblem(packet: PublishedPacket, gate: Gate): string | undefined {
    const { owner, clientId = '' } = packet as OwnedWill;
    if (owner === undefined) return 'nobody says whose message this is';
    return gate.willProblem(owner === '' ? undefined : owner, clientId, packet);
  }
}

/** What was granted under other rights is not restored. */
function mayKeep(filter: string, visitor: Visitor | undefined): boolean {
  return filter === SESSION_FILTER || visitor?.rights.maySubscribe(filter) === true;
}

type OwnedWill = WillPacket & { owner?: string };
