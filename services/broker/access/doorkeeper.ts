// What the gate tells of those it refused: counted, and named in the log, one line a minute for each client however often it
// tries. A wrong login is answered late, so that guessing over many connections is slow too.

import { identityText } from '#domain/access/identity.ts';
import type { Audit } from '#runtime/audit-log/audit.ts';
import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';
import type { Limit } from '../limits/limit.ts';
import { actorOf } from './orders.ts';
import type { Origin, Visitor } from './visitor.ts';

export type Refused = {
  readonly what: 'connect' | 'publish' | 'subscribe';
  /** Topic or filter; '' where the matter is none. */
  readonly topic: string;
  readonly reason: string;
  /** The setting that it is over, where it is. */
  readonly limit?: Limit | undefined;
};

export type Attempt = Origin & { readonly clientId: string; readonly username?: string | undefined };

export type Doorkeeper = {
  /** Resolves when the client may be let in. */
  admitted(visitor: Visitor): Promise<void>;
  /** Resolves when the client may be told. */
  refusedLogin(attempt: Attempt, refusal: { readonly reason: string }): Promise<void>;
  refused(visitor: Visitor, refused: Refused): void;
  /** It sends faster than it may, and is read slower. */
  slowed(visitor: Visitor): void;
  /** Its login is not good any more. */
  cutOff(visitor: Visitor): void;
};

/** A wrong login is answered so late. */
const ANSWER_AFTER_MS = 500;
/** Wrong logins that wait for their answer at once; beyond them one is answered at once, which costs less than keeping it. */
const WAITING_MAX = 2_000;
const LOG_EVERY_MS = 60_000;
/** Clients that were told of in the last minute; past it the oldest is forgotten, and told of again. */
const TOLD_MAX = 1_000;

export type DoorkeeperOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly audit: Audit;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
};

export function openDoorkeeper({ log, metrics, audit, now, wait }: DoorkeeperOptions): Doorkeeper {
  const refusals = metrics.counter('broker_refused_total', 'What clients were refused.', ['what']);
  const cuts = metrics.counter('broker_clients_cut_total', 'Connections whose login was taken away.', []);
  const overLimit = metrics.counter('broker_over_limit_total', 'What clients were refused, or slowed, by a limit.', [
    'limit',
  ]);
  const toldAt = new Map<string, number>();
  let waiting = 0;
  const isNews = (key: string) => {
    const at = now();
    if ((toldAt.get(key) ?? Number.NEGATIVE_INFINITY) + LOG_EVERY_MS > at) return false;
    toldAt.delete(key);
    toldAt.set(key, at);
    const [oldest] = toldAt.keys();
    if (toldAt.size > TOLD_MAX && oldest !== undefined) toldAt.delete(oldest);
    return true;
  };
  return {
    async admitted(visitor) {
      // Devices and services come and go by the thousand.
      if (visitor.identity.kind === 'person')
        await audit.append({ what: 'login', who: actorOf(visitor), outcome: 'let in' });
    },
    async refusedLogin({ address, clientId, username }, { reason }) {
      refusals.inc({ what: 'login' });
      void audit.append({
        what: 'login failed',
        who: { ...(username === undefined ? {} : { user: username }), client: clientId, address },
        outcome: reason,
      });
      if (isNews(`login ${address} ${username}`))
        log.warn({ clientId, user: username, address, reason }, 'login refused');
      if (waiting >= WAITING_MAX) return;
      waiting++;
      await wait(ANSWER_AFTER_MS);
      waiting--;
    },
    refused(visitor, { what, topic, reason, limit }) {
      const { identity, clientId, address } = visitor;
      refusals.inc({ what });
      if (limit !== undefined) overLimit.inc({ limit });
      void audit.append({ what: 'refused', who: actorOf(visitor), topic, outcome: `${what}: ${reason}` });
      if (isNews(`${what} ${clientId}`))
        log.warn({ clientId, user: identityText(identity), address, topic, reason }, `${what} refused`);
    },
    slowed({ identity, clientId, address }) {
      overLimit.inc({ limit: 'rate' });
      if (isNews(`rate ${clientId}`))
        log.warn({ clientId, user: identityText(identity), address }, 'read slower: it sends faster than it may');
    },
    cutOff(visitor) {
      const { identity, clientId, address } = visitor;
      cuts.inc();
      void audit.append({ what: 'session', who: actorOf(visitor), outcome: 'cut off: its login is not good any more' });
      log.warn({ clientId, user: identityText(identity), address }, 'cut off: its login is not good any more');
    },
  };
}
