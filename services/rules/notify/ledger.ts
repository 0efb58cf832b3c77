// Counts what is still open of every notice, and says when one may be struck off: after its last call is settled, whatever
// became of it. What is not struck off comes again after a restart.

import type { Notice } from '#rules/engine/inputs.ts';
import type { Settlement } from './call.ts';

export type LedgerOptions = {
  readonly onDone: (id: number) => void;
  readonly onSettled: (settlement: Settlement) => void;
};

export class Ledger {
  readonly #options: LedgerOptions;
  readonly #open = new Map<number, number>();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Notices that are not done. */
  get size(): number {
    return this.#open.size;
  }

  isOpen(id: number): boolean {
    return this.#open.has(id);
  }

  /** One more thing to settle before the notice is done. */
  hold(id: number | undefined): void {
    if (id !== undefined) this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
  }

  settle(settlement: Settlement, id: number | undefined): void {
    this.#options.onSettled(settlement);
    this.release(id);
  }

  release(id: number | undefined): void {
    if (id === undefined) return;
    const left = (this.#open.get(id) ?? 1) - 1;
    if (left > 0) {
      this.#open.set(id, left);
      return;
    }
    this.#open.delete(id);
    this.#options.onDone(id);
  }
}

/** The notice on its own, before any address is known. */
export function unaddressed(notice: Notice, outcome: Settlement['outcome'], reason: string): Settlement {
  return { notice, address: undefined, outcome, reason };
}
