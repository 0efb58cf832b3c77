// What each client may cost the others: how fast it is read, how long its topics are, what it subscribes to, and what it has
// kept. What is over a limit is refused by SUBACK or by the end of the connection, and told; too fast is only slowed down.

import type { Duplex } from 'node:stream';
import { userNameOf } from '#domain/access/identity.ts';
import type { Metrics } from '#runtime/metrics.ts';
import type { BrokerConfig } from '#runtime/sections.ts';
import type { Connect, Gate, Refusal } from '../access/gate.ts';
import type { Client, InnerAedes, InnerClient } from '../aedes-internals.ts';
import type { PublishedPacket } from '../persistence/packets.ts';
import type { Store } from '../persistence/store.ts';
import { shareKey } from './allowance-key.ts';
import { boundFilters } from './bound-filters.ts';
import type { OverLimit } from './limit.ts';
import { type Reading, ReadingPace } from './reading-pace.ts';
import { SessionLimits } from './session-limits.ts';
import { Subscriptions } from './subscriptions.ts';
import { topicLengthProblem } from './topic-limits.ts';

export type ClientLimitsSettings = Pick<
  BrokerConfig,
  | 'messagesPerSecondMax'
  | 'bytesPerSecondMax'
  | 'topicBytesMax'
  | 'topicLevelsMax'
  | 'subscriptionsPerClientMax'
  | 'filtersPerPacketMax'
  | 'retainedPerUserMax'
  | 'retainedBytesPerUserMax'
  | 'sessionsMax'
  | 'sessionsPerUserMax'
  | 'sessionExpiry'
>;

export type ClientLimitsOptions = {
  readonly settings: ClientLimitsSettings;
  readonly gate: Gate;
  readonly store: Store;
  readonly metrics: Metrics;
};

export class ClientLimits {
  readonly #options: ClientLimitsOptions;
  readonly #pace: ReadingPace;
  readonly #subscriptions: Subscriptions;
  readonly sessions: SessionLimits;

  constructor(aedes: InnerAedes, options: ClientLimitsOptions) {
    const { settings, gate, store, metrics } = options;
    this.#options = options;
    this.#pace = new ReadingPace({ ...settings, gate, onSlowed: (client) => gate.tellSlowed(client) });
    this.#subscriptions = new Subscriptions(settings.subscriptionsPerClientMax);
    this.sessions = new SessionLimits(aedes, { ...settings, store });
    aedes.on('unsubscribe', (filters, client) => this.#subscriptions.letGo(client, filters as unknown as string[]));
    metrics.gauge('broker_clients_slowed', 'Clients that are read slower now.', () => this.#pace.held);
    metrics.total(
      'broker_sessions_expired_total',
      'Sessions whose clients did not come back.',
      () => this.sessions.expired,
    );
  }

  /** From the first byte of a connection on. */
  readingOf(client: InnerClient, stream: Duplex): Reading {
    const { gate, settings } = this.#options;
    boundFilters(client, settings.filtersPerPacketMax, (reason) =>
      gate.tellRefused(client, { what: 'subscribe', topic: '', reason, limit: 'filters' }),
    );
    return this.#pace.readingOf(client, stream);
  }

  /** Why a client is not let in that the gate has let in. */
  connectProblem(client: Client, connect: Connect): Refusal | undefined {
    const { gate } = this.#options;
    const visitor = gate.visitorOf(client);
    if (visitor === undefined || gate.isService(client)) return undefined;
    const topic = connect.will?.topic ?? '';
    const over = this.#topicProblem(topic) ?? this.sessions.problem(connect, userNameOf(visitor.identity) ?? '');
    if (over === undefined) return undefined;
    gate.tellRefused(client, { what: 'connect', topic, ...over });
    return { reason: over.reason, returnCode: over.limit === 'sessions' ? 3 : 5 };
  }

  /** Why the message is not taken; where it is to be retained it is put into its client's share. */
  publishProblem(client: Client, packet: PublishedPacket): string | undefined {
    const { gate } = this.#options;
    if (gate.isService(client)) return undefined;
    const over =
      this.#topicProblem(packet.topic) ?? (packet.retain ? this.#retainedProblem(client, packet) : undefined);
    if (over !== undefined) gate.tellRefused(client, { what: 'publish', topic: packet.topic, ...over });
    return over?.reason;
  }

  /** Asked for by the client itself, or restored with its session: a refusal is told. */
  grantsSubscription(client: Client, filter: string): boolean {
    const over = this.#subscriptionProblem(client, filter);
    if (over !== undefined) this.#options.gate.tellRefused(client, { what: 'subscribe', topic: filter, ...over });
    return over === undefined;
  }

  maySubscribe(client: Client, filter: string): boolean {
    return this.#subscriptionProblem(client, filter) === undefined;
  }

  subscriptionsOf(client: Client): number {
    return this.#subscriptions.countOf(client);
  }

  tick(now: number): void {
    this.#pace.tick();
    this.sessions.tick(now);
  }

  #topicProblem(topic: string): OverLimit | undefined {
    const reason = topicLengthProblem(topic, this.#options.settings);
    return reason === undefined ? undefined : { limit: 'topic', reason };
  }

  #retainedProblem(client: Client, packet: PublishedPacket): OverLimit | undefined {
    const { gate, settings, store } = this.#options;
    const { state } = store.ledger;
    const visitor = gate.visitorOf(client);
    if (visitor === undefined || packet.payload.length === 0) return undefined;
    const owner = shareKey(visitor);
    packet.retainedBy = owner;
    const reason = state.shares.problem({ ...packet, owner }, state.retained.get(packet.topic), settings);
    return reason === undefined ? undefined : { limit: 'retained', reason };
  }

  #subscriptionProblem(client: Client, filter: string): OverLimit | undefined {
    const { gate, settings } = this.#options;
    const isService = gate.isService(client);
    const over = isService ? undefined : this.#topicProblem(filter);
    if (over !== undefined || this.#subscriptions.take(client, filter, !isService)) return over;
    const reason = `a client has at most ${settings.subscriptionsPerClientMax} subscriptions`;
    return { limit: 'subscriptions', reason };
  }
}
