// How many sessions are kept for clients that are away, and how long: a client that comes under a new id each time would leave
// one behind each time. Those of the pipeline's own services are kept for ever.

import type { Connect } from '../access/gate.ts';
import type { InnerAedes } from '../aedes-internals.ts';
import { isServiceId } from '../persistence/queue-limits.ts';
import type { Store } from '../persistence/store.ts';
import type { OverLimit } from './limit.ts';

export type SessionLimitsOptions = {
  readonly store: Store;
  readonly sessionsMax: number;
  readonly sessionsPerUserMax: number;
  /** ms; 0: for ever. */
  readonly sessionExpiry: number;
};

/** How far what is on disk of a client's last visit may lag behind: a record for each, so often. */
const RECORDED_EVERY_MS = 3_600_000;
const LOOK_EVERY_MS = 60_000;

export class SessionLimits {
  readonly #aedes: InnerAedes;
  readonly #options: SessionLimitsOptions;
  readonly #recordedEveryMs: number;
  readonly #lookEveryMs: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  expired = 0;

  constructor(aedes: InnerAedes, options: SessionLimitsOptions) {
    this.#aedes = aedes;
    this.#options = options;
    const { sessionExpiry } = options;
    this.#recordedEveryMs =
      sessionExpiry === 0 ? Number.POSITIVE_INFINITY : Math.min(RECORDED_EVERY_MS, sessionExpiry / 10);
    this.#lookEveryMs = Math.min(LOOK_EVERY_MS, sessionExpiry / 10);
    aedes.on('clientDisconnect', ({ id }) => this.see(id));
  }

  /** @param user '' for nobody */
  problem({ clientId, clean }: Connect, user: string): OverLimit | undefined {
    const { store, sessionsMax, sessionsPerUserMax } = this.#options;
    const { state } = store.ledger;
    const session = clean ? undefined : state.session(clientId);
    if (clean || session?.owner === user) return undefined;
    if (session === undefined && state.sessions.size >= sessionsMax)
      return { limit: 'sessions', reason: `no more than ${sessionsMax} sessions are kept` };
    if (user !== '' && state.sessionsOf(user) >= sessionsPerUserMax)
      return { limit: 'sessions', reason: `no more than ${sessionsPerUserMax} sessions of one user are kept` };
    return undefined;
  }

  /** The client is there, or was until now. */
  see(clientId: string): void {
    const { ledger, now } = this.#options.store;
    const session = ledger.state.session(clientId);
    if (session === undefined) return;
    session.seenAt = now();
    if (!(session.seenAt - session.recordedSeenAt <= this.#recordedEveryMs)) ledger.writeSession(session);
  }

  tick(now: number): void {
    const { sessionExpiry, store } = this.#options;
    if (sessionExpiry === 0 || now - this.#lookedAt < this.#lookEveryMs) return;
    this.#lookedAt = now;
    for (const [clientId, session] of store.ledger.state.sessions) {
      if (isServiceId(clientId)) continue;
      if (this.#aedes.clients[clientId] !== undefined) this.see(clientId);
      else if (session.seenAt + sessionExpiry < now) {
        store.ledger.write({ kind: 'ended', session: session.number });
        this.expired++;
      }
    }
  }
}
