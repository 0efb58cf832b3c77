// What stands between aedes and the store, so that a PUBACK means on disk: publishes are accepted before aedes answers them,
// what it would forget of a lost connection is handed on all the same, and wills outlive the broker.

import type { Log } from '#runtime/log.ts';
import type { Client, InnerAedes, InnerClient } from './aedes-internals.ts';
import { OldWills } from './persistence/old-wills.ts';
import type { PublishedPacket } from './persistence/packets.ts';
import type { Store } from './persistence/store.ts';

type Connect = { readonly clientId: string; readonly clean?: boolean | undefined; readonly will?: object | undefined };

/** aedes fails writes to a lost connection two turns later at most; what it has not published after them, it never will. */
const TURNS_UNTIL_ABANDONED = 3;

/** Messages of one client that may stay unanswered and still be read past, for the sake of its pings. */
const UNANSWERED_MAX = 1_000;

export class Durability {
  readonly #store: Store;
  readonly #aedes: InnerAedes;
  readonly #wills: OldWills;
  #isStopping = false;

  constructor(aedes: InnerAedes, { store, log }: { readonly store: Store; readonly log: Log }) {
    this.#store = store;
    this.#aedes = aedes;
    this.#wills = new OldWills({
      ledger: store.ledger,
      wasStopped: store.wasStopped,
      publish: (will) => this.#publishWill(will),
      onRefused: (clientId, error) => log.warn({ clientId, reason: error.message }, 'last will not published'),
    });
    aedes.on('clientDisconnect', (client) => this.#handOn(client));
  }

  /**
   * Before a client is let in.
   * @returns why it is not: what it wants kept cannot be kept while the disk is full, and would only wait in memory
   */
  async welcome({ clientId, clean, will }: Connect): Promise<string | undefined> {
    const problem = this.#store.ledger.log.problem();
    if (problem !== undefined && (!clean || will !== undefined)) return problem;
    await this.#wills.settle(clientId);
    return undefined;
  }

  /** Resolves when the message is on disk, with words where it is refused. */
  async accept(client: Client | null, packet: PublishedPacket): Promise<string | undefined> {
    // What is not acknowledged comes again; a will stays until the next start.
    if (this.#isStopping) return 'the broker is stopping';
    const problem = await this.#store.intake.accept(client, packet);
    if (client?.closed === true) this.#handOn(client);
    return problem;
  }

  tick(): void {
    const { ledger, limits, compaction, intake, now } = this.#store;
    this.#wills.tick(now());
    limits.dropAged(now());
    intake.letOn();
    if (intake.waiting > 0 || ledger.log.problem() !== undefined) this.#readOn();
    void ledger.commit();
    void compaction.poke();
  }

  /** From here on the broker cuts its clients itself: none of them is reported lost. */
  stop(): void {
    this.#isStopping = true;
    this.#wills.stop();
    this.#store.persistence.keepWills();
  }

  /**
   * aedes reads no more of a client than it has answered: one that waits for its PUBACK would not be heard when it pings,
   * and be cut off as silent. So it is read on, a piece each time.
   */
  #readOn(): void {
    for (const [publisher, count] of this.#store.intake.unanswered()) {
      if (count > UNANSWERED_MAX) continue;
      const client = publisher as unknown as InnerClient;
      client._parsingBatch = 1;
      client._nextBatch();
    }
  }

  /** A message is on disk, but its PUBACK could not be written: aedes then tells nobody who is connected of it. */
  #handOn(client: Client, turns = TURNS_UNTIL_ABANDONED): void {
    if (turns > 0) {
      setImmediate(() => this.#handOn(client, turns - 1));
      return;
    }
    for (const packet of this.#store.intake.abandonedBy(client))
      this.#aedes.publish({ ...packet, cmd: 'publish', dup: false } as never, () => {});
  }

  async #publishWill(will: PublishedPacket): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error | null) => (error ? reject(error) : resolve());
      this.#aedes.authorizePublish(null, will as never, (error) => {
        if (error) settle(error);
        else this.#aedes.publish(will as never, settle);
      });
    });
  }
}
