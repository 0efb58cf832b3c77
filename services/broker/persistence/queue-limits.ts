// What one client may leave waiting here: messages, bytes, age. An ordinary client's queue then drops its oldest; the
// services of the pipeline lose nothing, whoever publishes to a full one of theirs waits.

import type { Log } from '#runtime/log.ts';
import type { Ledger } from './ledger.ts';
import type { Entry, Session } from './session.ts';

export type QueueCaps = { readonly messages: number; readonly bytes: number };

export type QueueLimitsOptions = {
  readonly ordinary: QueueCaps & { readonly ageMs: number };
  readonly services: QueueCaps;
  readonly log: Log;
  readonly onDropped: (reason: DropReason) => void;
};

export type DropReason = 'messages' | 'bytes' | 'age';

/** Client ids of the pipeline's own services. */
const SERVICE_PREFIX = 'penstock-';
/** One line for each client at most, however many messages its queue drops. */
const LOG_EVERY_MS = 60_000;

export class QueueLimits {
  readonly #ledger: Ledger;
  readonly #options: QueueLimitsOptions;
  /** Dropped since the last line about a client, and when that was. */
  readonly #unsaid = new Map<string, { dropped: number; saidAt: number }>();

  /** Messages, since the start. */
  dropped = 0;

  constructor(ledger: Ledger, options: QueueLimitsOptions) {
    this.#ledger = ledger;
    this.#options = options;
  }

  /** A service's queue that takes no more: publishers wait. */
  isFull(session: Session): boolean {
    const { services } = this.#options;
    return (
      isServiceId(session.clientId) && (session.queue.size >= services.messages || session.queueBytes >= services.bytes)
    );
  }

  /** The services whose queues are full. */
  fullQueues(): string[] {
    return [...this.#ledger.state.sessions.values()]
      .filter((session) => this.isFull(session))
      .map(({ clientId }) => clientId);
  }

  /** Before a message is put into an ordinary client's queue. */
  makeRoom(session: Session, now: number): void {
    if (isServiceId(session.clientId)) return;
    const { messages, bytes, ageMs } = this.#options.ordinary;
    while (session.queue.size >= messages && this.#dropOldest(session, { reason: 'messages', now }));
    while (session.queueBytes >= bytes && this.#dropOldest(session, { reason: 'bytes', now }));
    this.#dropAged(session, { now, ageMs });
  }

  /** Now and then: what is too old goes also where nothing new comes. */
  dropAged(now: number): void {
    const { ageMs } = this.#options.ordinary;
    for (const session of this.#ledger.state.sessions.values())
      if (!isServiceId(session.clientId)) this.#dropAged(session, { now, ageMs });
    for (const [clientId, said] of this.#unsaid) this.#say(clientId, said, now);
  }

  #dropAged(session: Session, { now, ageMs }: { readonly now: number; readonly ageMs: number }): void {
    for (const entry of session.queue.values()) {
      if (entry.message === undefined) continue;
      if (entry.message.acceptedAt + ageMs > now) return;
      this.#drop(session, entry, { reason: 'age', now });
    }
  }

  /** false where only handshakes are left, which hold no message. */
  #dropOldest(session: Session, drop: Drop): boolean {
    for (const entry of session.queue.values()) {
      if (entry.message === undefined) continue;
      this.#drop(session, entry, drop);
      return true;
    }
    return false;
  }

  #drop(session: Session, entry: Entry, { reason, now }: Drop): void {
    this.#ledger.write({ kind: 'done', session: session.number, seq: entry.seq });
    this.dropped++;
    this.#options.onDropped(reason);
    const said = this.#unsaid.get(session.clientId) ?? { dropped: 0, saidAt: Number.NEGATIVE_INFINITY };
    said.dropped++;
    this.#unsaid.set(session.clientId, said);
    this.#say(session.clientId, said, now);
  }

  #say(clientId: string, said: { dropped: number; saidAt: number }, now: number): void {
    if (now - said.saidAt < LOG_EVERY_MS) return;
    if (said.dropped === 0) {
      this.#unsaid.delete(clientId);
      return;
    }
    this.#options.log.warn(
      { clientId, dropped: said.dropped },
      'queue over its limit: the oldest messages were dropped',
    );
    said.dropped = 0;
    said.saidAt = now;
  }
}

type Drop = { readonly reason: DropReason; readonly now: number };

export function isServiceId(clientId: string): boolean {
  return clientId.startsWith(SERVICE_PREFIX);
}
