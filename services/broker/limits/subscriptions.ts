// How many filters each client has subscribed to. aedes knows that only a while after it has granted them, and a thousand
// that come together would all be granted before the first counts.

import type { Client } from '../aedes-internals.ts';

export class Subscriptions {
  readonly #max: number;
  readonly #filters = new WeakMap<Client, Set<string>>();

  constructor(max: number) {
    this.#max = max;
  }

  /** false where the client has as many as it may. One that it has already is no further one. */
  take(client: Client, filter: string, isBound: boolean): boolean {
    const filters = this.#filters.get(client) ?? new Set();
    if (filters.has(filter)) return true;
    if (isBound && filters.size >= this.#max) return false;
    this.#filters.set(client, filters.add(filter));
    return true;
  }

  letGo(client: Client, filters: readonly string[]): void {
    for (const filter of filters) this.#filters.get(client)?.delete(filter);
  }

  countOf(client: Client): number {
    return this.#filters.get(client)?.size ?? 0;
  }
}
