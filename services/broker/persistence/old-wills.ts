// The wills of clients that were connected when the broker ended. After a crash they are due: published when their client is
// back, before anything that it says, or else after a moment in which those who want to hear them can return. Where the
// broker was stopped in order, it was the broker that cut them: whoever returns is not reported lost, whoever does not, is.

import type { Ledger } from './ledger.ts';
import { type WillPacket, willPacket } from './packets.ts';

export type OldWillsOptions = {
  readonly ledger: Ledger;
  readonly wasStopped: boolean;
  /** Resolves when it is on disk and with who is connected; rejects where it may not be published. */
  readonly publish: (will: WillPacket) => Promise<void>;
  readonly onRefused: (clientId: string, error: Error) => void;
};

/** Services connect again within one and a half; a device that is told of five does not see more than three. */
const AFTER_CRASH_MS = 2_500;
const AFTER_STOP_MS = 30_000;

export class OldWills {
  readonly #options: OldWillsOptions;
  readonly #due: Set<string>;
  readonly #underWay = new Map<string, Promise<void>>();
  #openedAt: number | undefined;
  #isStopped = false;

  /** To be made before anybody is let in: the wills that are there are of the start before. */
  constructor(options: OldWillsOptions) {
    this.#options = options;
    this.#due = new Set(options.ledger.state.wills.keys());
  }

  /** The client is back, and is let in when this resolves. */
  async settle(clientId: string): Promise<void> {
    await (this.#underWay.get(clientId) ?? this.#settle(clientId, this.#options.wasStopped ? 'cut by us' : 'lost'));
  }

  /** @param elapsedMs of any clock that only goes forward */
  tick(elapsedMs: number): void {
    this.#openedAt ??= elapsedMs;
    const waitMs = this.#options.wasStopped ? AFTER_STOP_MS : AFTER_CRASH_MS;
    if (elapsedMs - this.#openedAt < waitMs) return;
    for (const clientId of this.#due) void this.#settle(clientId, 'lost');
  }

  /** The broker takes nothing more: what is not published yet is for the next start. */
  stop(): void {
    this.#isStopped = true;
    this.#due.clear();
  }

  #settle(clientId: string, why: 'lost' | 'cut by us'): Promise<void> {
    const { ledger, publish, onRefused } = this.#options;
    const will = ledger.state.wills.get(clientId);
    if (!this.#due.delete(clientId) || will === undefined) return Promise.resolve();
    const published = why === 'lost' ? publish(willPacket(will.record)) : Promise.resolve();
    const settled = published
      .catch((error: Error) => onRefused(clientId, error))
      .then(() => {
        // Not earlier: a crash in between publishes it twice, and that is allowed.
        if (!this.#isStopped) ledger.write({ kind: 'will ended', clientId });
      })
      .finally(() => this.#underWay.delete(clientId));
    this.#underWay.set(clientId, settled);
    return settled;
  }
}
