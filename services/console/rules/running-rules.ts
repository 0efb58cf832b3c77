// What the rules service says that it runs, and whoever waits for it to say more.

import type { RulesStatus } from '#domain/rules-status.ts';

type Waiter = { readonly isIt: (status: RulesStatus) => boolean; readonly tell: (status: RulesStatus) => void };

export class RunningRules {
  #status: RulesStatus | undefined;
  readonly #waiters = new Set<Waiter>();

  /** undefined: it has not been heard, or its word was taken away. */
  get status(): RulesStatus | undefined {
    return this.#status;
  }

  put(status: RulesStatus | null): void {
    this.#status = status ?? undefined;
    if (status === null) return;
    for (const waiter of this.#waiters) {
      if (!waiter.isIt(status)) continue;
      this.#waiters.delete(waiter);
      waiter.tell(status);
    }
  }

  /** The first status that it is, the one at hand included; undefined where `end` comes first. */
  async until(isIt: Waiter['isIt'], end: Promise<void>): Promise<RulesStatus | undefined> {
    if (this.#status !== undefined && isIt(this.#status)) return this.#status;
    const { promise, resolve } = Promise.withResolvers<RulesStatus | undefined>();
    const waiter: Waiter = { isIt, tell: resolve };
    this.#waiters.add(waiter);
    void end.then(() => resolve(undefined));
    try {
      return await promise;
    } finally {
      this.#waiters.delete(waiter);
    }
  }
}
