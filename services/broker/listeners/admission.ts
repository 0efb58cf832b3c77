// How many connections there are at once, over all listeners together, and how many are taken in one turn.

import type { Socket } from 'node:net';
import type { Metrics } from '#runtime/metrics.ts';
import { AdmissionQueue } from '../limits/admission-queue.ts';

export type AdmissionLimits = {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly connectionsPerSecondMax: number;
};

/**
 * Connections taken in one turn of the event loop. When thousands return at once, those that are already there are served
 * between; the rest wait their turn instead of being refused.
 */
const ADMITTED_PER_TURN = 16;

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #sockets = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();
  readonly #queue: AdmissionQueue;
  readonly #countRefused: (limit: 'total' | 'address') => void;

  constructor(limits: AdmissionLimits, metrics: Metrics) {
    this.#limits = limits;
    const refused = metrics.counter('broker_connections_refused_total', 'Connections over a limit.', ['limit']);
    const { connectionsPerSecondMax: perSecondMax } = limits;
    this.#queue = new AdmissionQueue({ perSecondMax, perTurn: ADMITTED_PER_TURN });
    metrics.gauge('broker_connections_waiting', 'New connections that wait for their turn.', () => this.#queue.size);
    this.#countRefused = (limit) => refused.inc({ limit });
  }

  /** Calls `admit` when it is the socket's turn; ends it where there are too many. */
  take(socket: Socket, admit: () => void): void {
    const address = addressOf(socket);
    const count = (this.#perAddress.get(address) ?? 0) + 1;
    const limit = this.#limitOf(count);
    if (limit !== undefined) {
      this.#countRefused(limit);
      socket.destroy();
      return;
    }
    this.#perAddress.set(address, count);
    this.#sockets.add(socket);
    socket.once('close', () => this.#release(socket, address));
    socket.on('error', () => {}); // one that breaks while it waits; `close` follows
    this.#queue.add(address, () => {
      if (!socket.destroyed) admit();
    });
  }

  endAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #limitOf(countOfAddress: number): 'total' | 'address' | undefined {
    if (this.#sockets.size >= this.#limits.connectionsMax) return 'total';
    return countOfAddress > this.#limits.connectionsPerAddressMax ? 'address' : undefined;
  }

  #release(socket: Socket, address: string): void {
    this.#sockets.delete(socket);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}

/** One machine has one address, whether it came to a listener of IPv4 or of both. */
export function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
