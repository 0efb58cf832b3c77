// Orders of people whose lives are told no more and whose repeat would still come in time: only who they were, and until when.
// With it a device may be done with any number of orders, or be taken out of the registry, and none is carried out twice.

import { COMMAND_WAIT_MS_MAX } from '#domain/command-life.ts';
import type { Ledger } from './ledger.ts';
import { rowKeys } from './snapshot.ts';

/** Of all devices; some 1 MB. Past it the one is forgotten whose time is over first. */
export const SPENT_MAX = 10_000;

export class SpentOrders {
  readonly #ledger: Ledger;
  /** When each expires, by its correlation id. */
  readonly #expiresAt: Map<string, number>;

  constructor(ledger: Ledger, saved: ReadonlyMap<string, number> = new Map()) {
    this.#ledger = ledger;
    this.#expiresAt = new Map(saved);
  }

  has(cid: string): boolean {
    return this.#expiresAt.has(cid);
  }

  add({ cid, expiresAt }: { readonly cid: string; readonly expiresAt: number }, now: number): void {
    // By a clock that was set back, what is too far ahead is refused as such.
    for (const [each, until] of this.#expiresAt)
      if (until <= now || until > now + COMMAND_WAIT_MS_MAX) this.#forget(each);
    if (expiresAt <= now) return;
    if (this.#expiresAt.size >= SPENT_MAX) this.#forgetFirst();
    this.#expiresAt.set(cid, expiresAt);
    this.#ledger.put({ key: rowKeys.spentOrder(cid), value: JSON.stringify(expiresAt) });
  }

  /** Of one moment by name: a restart does not know in which order they came. */
  #forgetFirst(): void {
    let first: readonly [cid: string, expiresAt: number] | undefined;
    for (const each of this.#expiresAt)
      if (first === undefined || each[1] < first[1] || (each[1] === first[1] && each[0] < first[0])) first = each;
    if (first !== undefined) this.#forget(first[0]);
  }

  #forget(cid: string): void {
    this.#expiresAt.delete(cid);
    this.#ledger.put({ key: rowKeys.spentOrder(cid), value: null });
  }
}
